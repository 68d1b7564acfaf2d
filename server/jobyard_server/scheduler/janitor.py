"""Removes what ended runs and dead parts left behind."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from jobyard import statuses
from jobyard_server.access.attempts import forget_old
from jobyard_server.access.audit_retention import forget_old_events
from jobyard_server.changes.retention import forget_old_changes
from jobyard_server.inventory.pictures.storage import delete_unused_pictures
from jobyard_server.runs.models import Component, InputFile, JobResult, RunKey
from jobyard_server.runs.once import KEPT_FOR
from jobyard_server.runs.output_files import delete_old_files
from jobyard_server.worker.scratch import scratch_root

FORGOTTEN_AFTER = 10  #: Leases without a beat, after which a part is not even listed any more.

LONG_LIVED = ("zygote-", "inspection-")  #: Begin the names of folders that belong to no run.
ABANDONED_SECONDS = 3 * 3600  #: Three times as long as a zygote of a snapshot lives.


def tidy_up() -> None:
    """Safe at any moment: looks only at what belongs to runs that have ended."""
    _remove_scratch()
    forget_old_changes()
    forget_old_events()
    InputFile.objects.filter(job_result__status__in=statuses.TERMINAL).delete()
    delete_old_files()
    delete_unused_pictures()
    age = timedelta(seconds=FORGOTTEN_AFTER * settings.JOBYARD["LEASE_SECONDS"])
    RunKey.objects.filter(created__lt=Now() - KEPT_FOR).delete()
    forget_old()
    Component.objects.filter(heartbeat_at__lt=Now() - age).delete()


def _remove_scratch() -> None:
    """Working folders whose run has ended, or never existed; those of zygotes and inspections when old."""
    root = scratch_root()
    folders = list(root.iterdir()) if root.is_dir() else []
    of_runs = [folder for folder in folders if _as_key(folder.name)]
    for folder in set(folders) - set(of_runs):
        of_runs += [inner for inner in folder.glob("*") if _as_key(inner.name)]
    keys = [key for folder in of_runs if (key := _as_key(folder.name))]
    active = set(
        JobResult.objects.filter(pk__in=keys, status__in=statuses.ACTIVE).values_list("pk", flat=True)
    )
    for folder in of_runs:
        if _as_key(folder.name) not in active:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in set(folders) - set(of_runs):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Nobody's, or older than anything that could still use it, and without a run."""
    if not folder.name.startswith(LONG_LIVED):
        return True
    try:
        age = time.time() - folder.stat().st_mtime
        return age > ABANDONED_SECONDS and not any(_as_key(inner.name) for inner in folder.iterdir())
    except OSError:  # gone meanwhile
        return False


def _as_key(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
