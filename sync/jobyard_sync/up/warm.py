"""Imports what the parts need while there is one process, so that they share its memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

MODULES = (
    "jobyard_server.asgi",
    "jobyard_server.urls",
    "jobyard_server.worker.main",
    "jobyard_server.scheduler.main",
    "jobyard_sync.daemon",
)


#: What the REST framework imports wherever it is installed, for a test client and for colours: 5 MB.
UNWANTED = ("requests", "pygments")


def load_code() -> None:
    """Needs Django set up."""
    with _as_if_missing(UNWANTED):
        import_module("rest_framework.compat")
    for name in MODULES:
        import_module(name)


@contextmanager
def _as_if_missing(names: tuple[str, ...]) -> Iterator[None]:
    """An import of one of *names* fails in the block, unless it is there already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is Python's word for it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
