"""One run request over REST: read it, hand it to ``submit``, put refusals into the words of the contract."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request

from jobyard.spec import JobSpec
from jobyard_server.api.errors import Refusal
from jobyard_server.api.jobs.run_body import RunBody, read_body
from jobyard_server.registry.models import Job
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import (
    InvalidCommitFlag,
    InvalidQueue,
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    NotAllowedToRun,
    NoWorker,
    RunRefused,
)
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import RunRequest, submit

INTERVALS = ("immediately", "future", "hourly", "daily", "weekly", "custom")
IMMEDIATELY = INTERVALS[0]
SENSITIVE_AND_SCHEDULED = "Unable to schedule job: Job may have sensitive input variables"
SENSITIVE_AND_APPROVED = (
    "Unable to run or schedule job: This job is flagged as possibly having sensitive variables but is also "
    "flagged as requiring approval.One of these two flags must be removed before this job can be scheduled "
    "or run."  # sic: clients compare it
)
NO_APPROVALS = "This job needs an approval, and this server has no approvals yet; nothing was started."
NO_SCHEDULES = "This server has no schedules yet; leave the schedule out to run the job now."
STATUS_CODES: dict[type[RunRefused], int] = {  # of the others it is 400
    JobNotEnabled: status.HTTP_403_FORBIDDEN,
    JobNotInstalled: status.HTTP_405_METHOD_NOT_ALLOWED,
    JobHasNoSource: status.HTTP_405_METHOD_NOT_ALLOWED,
    NoWorker: status.HTTP_503_SERVICE_UNAVAILABLE,
}
RUN_BODY = {
    "application/json": {
        "type": "object",
        "properties": {
            "data": {"type": "object", "description": "Inputs by variable."},
            "commit": {"type": "boolean", "description": "The job's default when left out."},
            "task_queue": {"type": "string"},
        },
    },
    "multipart/form-data": {
        "type": "object",
        "description": "One field or file per variable.",
        "properties": {"_commit": {"type": "boolean"}, "_task_queue": {"type": "string"}},
    },
}


def run_job(request: Request, job: Job, *, no_worker: str) -> JobResult:
    """
    Start *job* as *request* asks.

    Args:
        request: Its body is read here.
        job: With module, source and revision loaded.
        no_worker: Text of the refusal when no worker serves the queue; ``{queue}`` stands for its name.

    Raises:
        Refusal: The answer to a request that was refused.
        Http404: The caller may not run this job.
        InputErrors: The inputs do not fit.
    """
    spec = job.spec
    body = read_body(request, spec)
    if _is_runnable(job) and (answer := _refusal_of_body(spec, body)) is not None:
        raise Refusal(status.HTTP_400_BAD_REQUEST, answer)
    try:
        return submit(_run_request(request, job, spec, body))
    except RunRefused as exc:
        raise _answer_to(exc, body, no_worker) from exc


def _run_request(request: Request, job: Job, spec: JobSpec, body: RunBody) -> RunRequest:
    return RunRequest(
        job=job,
        user=request.user,
        data=body.data,
        commit=body.commit,
        task_queue=body.task_queue,
        files=body.files,
        request=describe_request(request._request, spec, with_form=body.is_form),  # noqa: SLF001  # Django's own
    )


def _is_runnable(job: Job) -> bool:
    """Otherwise ``submit`` refuses the job itself, which comes before anything about the body."""
    return job.enabled and job.installed and job.module.revision is not None


def _refusal_of_body(spec: JobSpec, body: RunBody) -> Any:
    """The answer to a request that ``submit`` knows nothing about; None for one that is fine so far."""
    interval = body.schedule.get("interval") if isinstance(body.schedule, dict) else None
    is_scheduled = interval in INTERVALS and interval != IMMEDIATELY
    if spec.has_sensitive_variables and is_scheduled:
        return body.schedule_error("interval", SENSITIVE_AND_SCHEDULED)
    if spec.approval_required:
        return [SENSITIVE_AND_APPROVED if spec.has_sensitive_variables else NO_APPROVALS]
    if body.error is not None:
        return body.error
    if is_scheduled:
        return body.schedule_error("interval", NO_SCHEDULES)
    return _malformed_schedule(body, interval)


def _malformed_schedule(body: RunBody, interval: Any) -> Any:
    if body.schedule is None or interval == IMMEDIATELY:
        return None
    if not isinstance(body.schedule, dict):
        return body.schedule_error("non_field_errors", "Invalid data. Expected a dictionary.")
    if interval is None:
        return body.schedule_error("interval", "This field is required.")
    return body.schedule_error("interval", f'"{str(interval)[:100]}" is not a valid choice.')


def _answer_to(exc: RunRefused, body: RunBody, no_worker: str) -> Exception:
    text = str(exc)
    match exc:
        case NotAllowedToRun():
            return Http404()  # some jobs may be run, but not this one: it is as good as not there
        case InvalidCommitFlag():
            answer: Any = body.named("commit", [text])
        case InvalidQueue():
            answer = body.named("task_queue", [text])
        case NoWorker():
            answer = no_worker.format(queue=exc.queue)
        case _:
            answer = text
    return Refusal(STATUS_CODES.get(type(exc), status.HTTP_400_BAD_REQUEST), answer)
