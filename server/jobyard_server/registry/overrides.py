"""What people decide about a job instead of its code: whether it is enabled, and overridden values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from jobyard.spec import JobSpec
from jobyard_server.access.audit import CHANGED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.registry.errors import JobRefused
from jobyard_server.registry.models import COPIED, Job

OVERRIDABLE: Final = (
    "grouping",
    "name",
    "description",
    "approval_required",
    "commit_default",
    "hidden",
    "read_only",
    "soft_time_limit",
    "time_limit",
    "has_sensitive_variables",
    "task_queues",
)
SENSITIVE_AND_APPROVED: Final = "A job with sensitive variables cannot also be marked as requiring approval"
_BOTH: Final = ("approval_required", "has_sensitive_variables")


def decide(
    job: Job,
    *,
    user: User | None,
    enabled: bool | None = None,
    override: Mapping[str, Any] | None = None,
    follow_code: Iterable[str] = (),
    tags: Iterable[Any] | None = None,
    sent: Iterable[str] = (),
) -> None:
    """
    Store decisions about *job*; a later sync leaves them alone.

    Args:
        job: Changed and saved.
        user: Who decides.
        enabled: Whether it can be run; None leaves it.
        override: Values to use instead of those of the code, by names of OVERRIDABLE.
        follow_code: Names whose values come from the code again.
        tags: Tags to have from now on; None leaves them.
        sent: What else the request names, with the value that is in force already; refusals name it too.

    Raises:
        JobRefused: The values do not go together.
        PermissionDenied: The permission of *user* would not cover the job any more; nothing is stored.
    """
    before = dict(job.overrides)
    overrides = {name: value for name, value in before.items() if name not in set(follow_code)}
    overrides |= override or {}
    was_enabled, job.overrides = job.enabled, overrides
    job.enabled = job.enabled if enabled is None else enabled
    _check(job.spec, touched={*(override or {}), *follow_code}, sent=set(sent))
    for name in COPIED:
        setattr(job, name, getattr(job.spec, name))
    with transaction.atomic():
        job.save(update_fields=[*COPIED, "overrides", "enabled", "last_updated"])
        if tags is not None:
            job.tags.set(tags)
        if user is not None:
            require_covered(user, "change", job)
        if changed := _changes(before, job, was_enabled=was_enabled):
            record(CHANGED, user=user, target=job, **changed)


def _check(spec: JobSpec, *, touched: set[str], sent: set[str]) -> None:
    if all(getattr(spec, name) for name in _BOTH) and touched & set(_BOTH):
        named = (touched | sent) & set(_BOTH)
        raise JobRefused({name: [SENSITIVE_AND_APPROVED] for name in sorted(named)})


def _changes(before: dict[str, Any], job: Job, *, was_enabled: bool) -> dict[str, Any]:
    names = {name for name in {*before, *job.overrides} if before.get(name) != job.overrides.get(name)}
    found: dict[str, Any] = {name: job.overrides.get(name) for name in sorted(names)}
    return found if job.enabled == was_enabled else {**found, "enabled": job.enabled}
