"""Removes what ended runs and dead parts left behind."""

from __future__ import annotations

import shutil
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from jobyard import statuses
from jobyard_server.runs.models import Component, InputFile, JobResult
from jobyard_server.worker.scratch import scratch_root

FORGOTTEN_AFTER = 10  #: Leases without a beat, after which a part is not even listed any more.


def tidy_up() -> None:
    """Safe at any moment: looks only at what belongs to runs that have ended."""
    _remove_scratch()
    InputFile.objects.filter(job_result__status__in=statuses.TERMINAL).delete()
    age = timedelta(seconds=FORGOTTEN_AFTER * settings.JOBYARD["LEASE_SECONDS"])
    Component.objects.filter(heartbeat_at__lt=Now() - age).delete()


def _remove_scratch() -> None:
    """Working folders whose run has ended, or never existed."""
    root = scratch_root()
    names = [item.name for item in root.iterdir()] if root.is_dir() else []
    keys = [key for name in names if (key := _as_key(name)) is not None]
    active = set(
        JobResult.objects.filter(pk__in=keys, status__in=statuses.ACTIVE).values_list("pk", flat=True)
    )
    for name in names:
        if _as_key(name) not in active:
            shutil.rmtree(root / name, ignore_errors=True)


def _as_key(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
