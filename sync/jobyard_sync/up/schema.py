"""Brings the database to this version's tables; costs one query when nothing is to be done."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

ADVISORY_LOCK = 0x6A6F6279  # "joby"; several machines may start at once


def migrate() -> bool:
    """Apply what is missing; True if something was."""
    if not _missing():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    return True


def _missing() -> bool:
    """Compared by file name: importing every migration would cost more than the rest of a start."""
    known = {(app.label, name) for app in apps.get_app_configs() for name in _names(app)}
    return not known <= set(MigrationRecorder(connection).applied_migrations())


def _names(app: AppConfig) -> list[str]:
    spec = find_spec(f"{app.name}.migrations")
    places = (spec and spec.submodule_search_locations) or ()
    files = [file for place in places for file in Path(place).glob("[0-9]*.py")]
    return [file.stem for file in files]
