"""The job hooks and job buttons that start a receiver."""

from __future__ import annotations

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.receivers.models import JobButton, JobHook, Receiver
from jobyard_server.registry.models import Job


def starters_of(job: Job, user: User) -> list[Receiver]:
    """Those of *job* that *user* may see, by name; none for a job that people start."""
    spec = job.spec
    if spec.is_job_hook_receiver:
        return list(restrict(JobHook.objects.filter(job=job), user, "view"))
    if spec.is_job_button_receiver:
        return list(restrict(JobButton.objects.filter(job=job), user, "view"))
    return []
