"""Run requests that may be sent again: the same ``Idempotency-Key`` gives the same run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from jobyard_server.access.models import User
from jobyard_server.registry.models import Job
from jobyard_server.runs.errors import KeyReused
from jobyard_server.runs.models import JobResult, RunKey
from jobyard_server.schedules.models import ScheduledJob

KEPT_FOR: Final = timedelta(days=1)
MOST: Final = 255  #: Characters of a key.


def once(
    *, user: User, job: Job, key: str, digest: str, start: Callable[[], JobResult | ScheduledJob]
) -> JobResult | ScheduledJob:
    """
    What *start* gives, or gave when *key* was first used with this job by *user*.

    A second request that comes while the first is under way waits for it. A request that is refused leaves
    no trace, so the key can be used again.

    Raises:
        KeyReused: The key came with another request before.
    """
    with transaction.atomic():
        mine = RunKey(user=user, job=job, key=key, body_digest=digest)
        RunKey.objects.bulk_create([mine], ignore_conflicts=True)  # waits for whoever inserts the same now
        kept = _kept(user, job, key)
        if kept.body_digest != digest:
            raise KeyReused
        known = kept.job_result or kept.schedule
        if known is None:
            known = start()
            name = "job_result" if isinstance(known, JobResult) else "schedule"
            RunKey.objects.filter(pk=kept.pk).update(**{name: known})
        return known


def _kept(user: User, job: Job, key: str) -> RunKey:
    rows = RunKey.objects.select_for_update(of=("self",))
    rows = rows.select_related(
        "job_result__user", "job_result__job_model", "schedule__user", "schedule__job_model"
    )
    return rows.get(user=user, job=job, key=key)


def digest_of(values: Iterable[Any], files: Mapping[str, UploadedFile]) -> str:
    """SHA-256 over everything that makes two requests different."""
    encoder = DjangoJSONEncoder(sort_keys=True, default=str)
    found = hashlib.sha256(encoder.encode(list(values)).encode("utf-8", "replace"))
    for name in sorted(files):
        found.update(f"{name} {files[name].name} {files[name].size} ".encode("utf-8", "replace"))
        for chunk in files[name].chunks():
            found.update(chunk)
        files[name].seek(0)
    return found.hexdigest()
