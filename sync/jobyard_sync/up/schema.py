"""Brings the database to this version's tables; costs one query when nothing is to be done."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from psycopg.errors import LockNotAvailable

from jobyard_server.database.errors import DatabaseError
from jobyard_sync.up.apart import apart

ADVISORY_LOCK = 0x6A6F6279  # "joby"; several machines may start at once
LOCK_SECONDS = 30  #: A step of a migration waits so long for a table that somebody else uses.


class TablesLockedError(DatabaseError):
    """Tables cannot be brought to this version now."""

    def __init__(self) -> None:
        super().__init__(
            f"The tables could not be brought to this version: for {LOCK_SECONDS} seconds another connection "
            "has held one of them. Stop all parts of jobyard, end long transactions (pg_stat_activity shows "
            "them), and start again."
        )


def migrate() -> bool:
    """
    Apply what is missing; True if something was.

    Raises:
        TablesLockedError: Somebody holds a table for too long; nothing was changed by the step that waited.
    """
    if not _missing():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
        try:
            _apply()
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    return True


def migrate_apart() -> bool:
    """
    The same in a process of its own: what migrations import and build is a third of all our memory.

    Raises:
        StepFailedError: With the sentence of its error.
    """
    if not _missing():
        return False
    connections.close_all()
    apart(migrate)
    return True


def _apply() -> None:
    """While a step waits for a table, everybody else waits behind it; so it does not wait for long."""
    try:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    except OperationalError as exc:
        if isinstance(exc.__cause__, LockNotAvailable):
            raise TablesLockedError from exc
        raise


def _missing() -> bool:
    """Compared by file name: importing every migration would cost more than the rest of a start."""
    known = {(app.label, name) for app in apps.get_app_configs() for name in _names(app)}
    return not known <= set(MigrationRecorder(connection).applied_migrations())


def _names(app: AppConfig) -> list[str]:
    spec = find_spec(f"{app.name}.migrations")
    places = (spec and spec.submodule_search_locations) or ()
    files = [file for place in places for file in Path(place).glob("[0-9]*.py")]
    return [file.stem for file in files]
