"""Does once, in the zygote, what each child would otherwise do at the cost of its own run."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

import psycopg
from psycopg import pq

from jobyard_server.isolation.rehearsal import rehearse

#: Found by what `sys.modules` of a child had more than its zygote.
MODULES = ("encodings.idna", "stringprep", "psycopg.pq", "zoneinfo")
_REHEARSALS = 20  #: Python rewrites a function in its first calls; a fork would pay for that page by page.
_NOWHERE = "host=/nonexistent connect_timeout=1"


def preload() -> None:
    for name in MODULES:
        import_module(name)
    _warm_up_libpq()
    for _ in range(_REHEARSALS):
        rehearse()


def _warm_up_libpq() -> None:
    """
    Set up libpq and its OpenSSL by a connection that cannot succeed, and a digest of nothing.

    That is half of what a child's own connection would cost: six of eleven milliseconds.
    """
    with suppress(psycopg.OperationalError):
        psycopg.connect(_NOWHERE)
    unconnected = pq.PGconn.connect(_NOWHERE.encode())
    unconnected.encrypt_password(b"nobody", b"nothing", b"scram-sha-256")
    unconnected.finish()
