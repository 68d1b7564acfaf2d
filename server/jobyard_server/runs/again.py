"""Starting a run once more: with the code that it ran, or with what is published now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.registry.models import Job, Revision
from jobyard_server.runs.errors import CODE_IS_GONE, CannotRunAgain
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.queues import is_local_queue
from jobyard_server.runs.submit import RunRequest, submit

SAME, LATEST = "same", "latest"
CHOICES: Final = (SAME, LATEST)


def run_again(
    result: JobResult, user: Any, *, revision: str = LATEST, request: Mapping[str, Any] | None = None
) -> JobResult:
    """
    A new run with the inputs of *result*, its commit flag and its queue; through ``submit``, as any other.

    Args:
        result: The run to repeat.
        user: Who asks; needs the permission to run the job.
        revision: ``same`` for the code that ran then, ``latest`` for the published one.
        request: What ``self.request`` is made of.

    Raises:
        CannotRunAgain: Its inputs were not kept, or its code is gone.
        RunRefused, InputErrors: As of ``submit``.
    """
    job = _job(result)
    if result.has_sensitive_variables:
        raise CannotRunAgain(
            "The inputs of this run were not kept, because they may be sensitive; start the job by its form."
        )
    return submit(
        RunRequest(
            job=job,
            user=user,
            data=result.inputs,
            commit=result.commit,
            task_queue="" if is_local_queue(result.task_queue) else result.task_queue,
            request=dict(request or {}),
            revision=_same_revision(result) if revision == SAME else None,
        )
    )


def _job(result: JobResult) -> Job:
    if result.job_model_id is None:
        raise CannotRunAgain("The job of this run is gone.")
    return jobs_to_run().get(pk=result.job_model_id)


def _same_revision(result: JobResult) -> Revision:
    revision = result.revision
    if revision is None:
        raise CannotRunAgain("This run names no revision.")
    if not revision.is_kept:
        raise CannotRunAgain(CODE_IS_GONE)
    return revision
