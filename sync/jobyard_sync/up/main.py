"""The order of a start: lock, address, database, tables, first administrator, demo, parts, ready line."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobyard_server.cli.errors import reason_of
from jobyard_server.database.embedded import EmbeddedPostgres
from jobyard_server.isolation.nursery import nursery
from jobyard_server.listener import address, listen
from jobyard_sync.own_folders import check_own_folders
from jobyard_sync.up.early_stop import EarlyStop
from jobyard_sync.up.errors import AddressTakenError
from jobyard_sync.up.lock import data_folder_lock
from jobyard_sync.up.plan import Plan
from jobyard_sync.up.supervisor import Supervisor

POLL_SECONDS = 0.1
FIRST_JOBS_SECONDS = 5.0  #: Whoever is ready without them is ready all the same.


def up(plan: Plan) -> None:
    """
    Start everything, keep it alive, and stop it in order at SIGTERM or Ctrl-C.

    Raises:
        UpError, DatabaseError, OptionError: It cannot start; nothing was left running.
    """
    options = plan.apply()
    logging.basicConfig(format="jobyard: %(message)s", level=logging.WARNING, stream=sys.stderr)
    os.umask(0o077)
    with (
        EarlyStop() as early,
        data_folder_lock(options["DATA_DIR"]),
        _own_folders(options),
        _listening(plan) as listener,
        _zygotes(options),
        _database(options) as database,
    ):
        _prepare(plan, listener, database)
        supervisor = _supervisor(plan, options, listener, database)
        supervisor.install()
        early.check()
        try:
            supervisor.start()
            _await_parts(supervisor, listener, options)
            _await_first_jobs(supervisor, plan)
            _announce_ready(supervisor, listener)
            supervisor.watch()
        finally:
            tell("stopping")
            supervisor.stop()


@contextlib.contextmanager
def _own_folders(options: dict[str, Any]) -> Iterator[None]:
    check_own_folders(Path(options["DATA_DIR"]))
    yield


def tell(line: str) -> None:
    """A line for the person at the terminal; standard output carries the ready line only."""
    print(f"jobyard: {line}", file=sys.stderr, flush=True)  # noqa: T201  # see above


def _listening(plan: Plan) -> socket.socket:
    try:
        return listen(plan.host, plan.port)
    except OSError as exc:
        raise AddressTakenError(
            f"jobyard cannot listen on {plan.host} port {plan.port} ({reason_of(exc)});"
            " use another --port, or --port 0 for a free one."
        ) from exc


@contextlib.contextmanager
def _database(options: dict[str, Any]) -> Iterator[EmbeddedPostgres | None]:
    """The embedded server while the block runs, or None with a database of your own."""
    if options["DATABASE_URL"]:
        yield None
        return
    server = EmbeddedPostgres(options["DATA_DIR"])
    try:
        server.begin()
        if not server.address_is_known:
            server.finish()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _zygotes(options: dict[str, Any]) -> Iterator[None]:
    """Begun before anything else, because they take longest to load and need nothing of the rest."""
    log_file = Path(options["DATA_DIR"]) / "logs" / "zygote.log"
    log_file.parent.mkdir(mode=0o700, exist_ok=True)
    with nursery(options, log_file):
        yield


def _prepare(plan: Plan, listener: socket.socket, database: EmbeddedPostgres | None) -> None:
    """Everything that needs Django and the database, and leaves neither connection nor thread behind."""
    import django  # noqa: PLC0415  # the settings need the address of the database

    django.setup()
    from jobyard_sync.up.warm import load_code  # noqa: PLC0415  # see above

    load_code()  # while the database comes up
    if database is not None:
        database.finish()
    from django.db import connections  # noqa: PLC0415  # see above

    from jobyard_server.database.roles import ensure_roles  # noqa: PLC0415  # see above
    from jobyard_server.scheduler.reaper import Reaper  # noqa: PLC0415  # see above
    from jobyard_sync.up.schema import migrate_apart  # noqa: PLC0415  # see above
    from jobyard_sync.up.welcome import welcome  # noqa: PLC0415  # see above

    migrate_apart()
    ensure_roles()
    Reaper().reap()  # after a crash: what was running is lost, and what is dead must not count as alive
    welcome(plan, listener, tell)
    connections.close_all()


def _supervisor(
    plan: Plan, options: dict[str, Any], listener: socket.socket, database: EmbeddedPostgres | None
) -> Supervisor:
    from jobyard_sync.up.parts import all_parts  # noqa: PLC0415  # after Django

    def keep_database() -> None:
        if database and database.process and database.process.poll() is not None:
            tell("the database ended; starting it again")
            database.start()

    return Supervisor(
        all_parts(listener, workers=plan.workers),
        logs=Path(options["DATA_DIR"]) / "logs",
        tell=tell,
        beside=keep_database,
    )


def _await_parts(supervisor: Supervisor, listener: socket.socket, options: dict[str, Any]) -> None:
    from jobyard_sync.up.readiness import everything_answers  # noqa: PLC0415  # after Django

    while not supervisor.stopping and not everything_answers(listener, options["ALLOWED_HOSTS"]):
        supervisor.turn(POLL_SECONDS)


def _await_first_jobs(supervisor: Supervisor, plan: Plan) -> None:
    """Whoever reads "ready" looks for the jobs that are there; those that take long come later."""
    from jobyard_sync.up.first_look import is_over  # noqa: PLC0415  # after Django

    end = time.monotonic() + FIRST_JOBS_SECONDS
    while not supervisor.stopping and time.monotonic() < end and not is_over(with_demo=plan.demo):
        supervisor.turn(POLL_SECONDS)


def _announce_ready(supervisor: Supervisor, listener: socket.socket) -> None:
    if not supervisor.stopping:
        print(f"ready {address(listener)}", flush=True)  # noqa: T201  # the contract's one line
