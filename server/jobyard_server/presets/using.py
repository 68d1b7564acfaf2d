"""Which presets somebody can use, and who may change one."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.models import Job

# What people decided about a job comes before what its code says.
_HARMLESS: Final = Q(job_model__overrides__has_sensitive_variables=False) | Q(
    job_model__overrides__has_sensitive_variables__isnull=True,
    job_model__spec_json__has_sensitive_variables=False,
)


def presets_for(job: Job, user: User) -> QuerySet[JobPreset]:
    """Own and shared ones of *job*, which *user* may view; none while its inputs may be sensitive."""
    return presets_of(user, Job.objects.filter(pk=job.pk))


def presets_of(user: User, jobs: QuerySet[Job]) -> QuerySet[JobPreset]:
    """Own and shared ones of *jobs*, which *user* may view, but for jobs whose inputs may be sensitive."""
    mine_or_shared = Q(user=user) | Q(is_shared=True)
    found = JobPreset.objects.filter(mine_or_shared, job_model__in=jobs)
    return found.filter(_HARMLESS).select_related("user", "job_model")


def may_manage(preset: JobPreset, user: User, action: str) -> bool:
    """Whoever it belongs to, and whoever may *action* presets."""
    return preset.user_id == user.pk or may(user, action, preset)
