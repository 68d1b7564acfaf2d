"""Start the run that carries out the plan of a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from jobyard_server.changes.sameness import digest, planned_rows
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.runs.apply import NO_DRY_RUN
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.errors import CannotApply
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import submit

CUT = "The plan of this dry run is too long to be kept as a whole; apply it without require_same_plan."


def apply_plan(
    dry_run: JobResult,
    user: Any,
    *,
    require_same_plan: bool,
    request: Mapping[str, Any],
    data: object = None,
    files: Mapping[str, UploadedFile] | None = None,
    from_form: bool = False,
) -> JobResult:
    """
    Run the same inputs at the same revision with commit.

    Args:
        dry_run: What is applied.
        user: Who asks.
        require_same_plan: Keep nothing if the changes of the main phase would be others.
        request: What ``self.request`` is made of.
        data: The inputs, where those of the dry run were not kept.
        files: Uploaded, by variable; they are never kept.
        from_form: *data* has every field, as text.

    Raises:
        RunRefused: It cannot be applied, or not by this user.
        InputErrors: *data* does not fit.
    """
    if dry_run.job_model_id is None:
        raise CannotApply(NO_DRY_RUN)
    job = jobs_to_run().get(pk=dry_run.job_model_id)
    approved = _digest(dry_run) if require_same_plan else ""
    asked = RunRequest(
        job=job,
        user=user,
        data=data,
        files=files or {},
        from_form=from_form,
        request=request,
        applies=dry_run,
        approved_plan=approved,
    )
    return submit(asked)


def _digest(dry_run: JobResult) -> str:
    if dry_run.planned_changes.count() >= settings.JOBYARD["PLAN_MAX_ROWS"]:
        raise CannotApply(CUT)
    return digest(planned_rows(dry_run.pk))
