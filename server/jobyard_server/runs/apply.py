"""From a dry run to the run that does it: the same inputs, the same revision, and commit."""

from __future__ import annotations

from typing import Any

from jobyard import statuses
from jobyard_server.runs.checks import Checked, RunRequest, checked_inputs, runnable_revision
from jobyard_server.runs.errors import CannotApply, InputsNotKept
from jobyard_server.runs.models import JobResult

NO_DRY_RUN = "Only a dry run of a job can be applied."
NOT_AT_ITS_END = "Only a dry run that came to its end can be applied."
READ_ONLY = "This job is read-only; there is nothing to apply."
WITH_FILES = (
    "This job takes files, which are not kept; apply it by the page of the dry run, where they can be sent "
    "again, or run it again with commit."
)
NO_CHANGES = "There are no changes of this dry run to apply; run the job again with commit."
NO_CODE = "The code of the dry run is not known any more; run the job again."


def obstacle_to_apply(dry_run: JobResult) -> str:
    """Why *dry_run* cannot be applied, whoever asks; empty when it can."""
    job = dry_run.job_model
    if job is None or dry_run.commit:
        return NO_DRY_RUN
    if dry_run.status not in (statuses.COMPLETED, statuses.FAILED):
        return NOT_AT_ITS_END
    if job.spec.read_only:
        return READ_ONLY
    if dry_run.revision is None:
        return NO_CODE
    return "" if dry_run.planned_changes.exists() else NO_CHANGES


def has_kept_inputs(dry_run: JobResult) -> bool:
    """Whether all inputs are there still: files and what may be sensitive go with the end of a run."""
    job = dry_run.job_model
    if job is None or not job.spec.variables:
        return job is not None
    goes = any(item.secret or item.kind == "FileVar" for item in job.spec.variables)
    return not dry_run.has_sensitive_variables and not goes


def applied(asked: RunRequest) -> Checked | None:
    """
    The dry run that *asked* applies, with commit; None for any other run.

    Raises:
        RunRefused: The job cannot be run, or the dry run cannot be applied.
        InputErrors: The inputs were not kept, and those that came with the request do not fit.
    """
    dry_run = asked.applies
    if dry_run is None:
        return None
    revision = runnable_revision(asked.job, asked.user, dry_run.revision)
    if sentence := obstacle_to_apply(dry_run):
        raise CannotApply(sentence)
    return Checked(
        spec=asked.job.spec,
        revision=revision,
        commit=True,
        queue=dry_run.task_queue,
        inputs=_inputs(asked, dry_run),
    )


def _inputs(asked: RunRequest, dry_run: JobResult) -> dict[str, Any]:
    variables = asked.job.spec.variables
    if not asked.from_form and any(item.kind == "FileVar" for item in variables):
        raise CannotApply(WITH_FILES)
    if asked.data is not None:
        return checked_inputs(asked)
    if not has_kept_inputs(dry_run):
        raise InputsNotKept([item.name for item in variables])
    kept: dict[str, Any] = dry_run.inputs
    return kept
