"""One run request over REST: read it, hand it to ``submit``, put refusals into the words of the contract."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request

from jobyard.spec import JobSpec
from jobyard_server.api.errors import Refusal
from jobyard_server.api.jobs.run_body import SCHEDULE, SCHEDULE_FIELDS, RunBody, read_body
from jobyard_server.registry.models import Job
from jobyard_server.runs.checks import RunRequest, runnable_revision
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import (
    InvalidCommitFlag,
    InvalidQueue,
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    KeyReused,
    NotAllowedToRun,
    NoWorker,
    RevisionNotTrusted,
    RunRefused,
)
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.once import MOST, digest_of, once
from jobyard_server.schedules.errors import (
    InvalidSchedule,
    ScheduleRefused,
    SchedulingDisabled,
    SensitiveAndApproved,
    SensitiveAndScheduled,
)
from jobyard_server.schedules.models import ScheduledJob
from jobyard_server.schedules.request import accept
from jobyard_server.schedules.times import IMMEDIATELY, INTERVALS
from jobyard_server.schedules.wish import Wish, read_wish

STATUS_CODES: dict[type[RunRefused], int] = {  # of the others it is 400
    JobNotEnabled: status.HTTP_403_FORBIDDEN,
    JobNotInstalled: status.HTTP_405_METHOD_NOT_ALLOWED,
    JobHasNoSource: status.HTTP_405_METHOD_NOT_ALLOWED,
    RevisionNotTrusted: status.HTTP_405_METHOD_NOT_ALLOWED,
    NoWorker: status.HTTP_503_SERVICE_UNAVAILABLE,
    KeyReused: status.HTTP_422_UNPROCESSABLE_ENTITY,
}
RUN_BODY = {
    "application/json": {
        "type": "object",
        "properties": {
            "data": {"type": "object", "description": "Inputs by variable."},
            "commit": {"type": "boolean", "description": "The job's default when left out."},
            "task_queue": {"type": "string"},
            "schedule": {
                "type": "object",
                "description": "Run later. Left out, or with the interval immediately: now.",
                "properties": {
                    "interval": {"type": "string", "enum": list(INTERVALS)},
                    "name": {"type": "string"},
                    "start_time": {"type": "string", "format": "date-time"},
                    "crontab": {"type": "string", "description": "Of the interval custom: five fields."},
                    "time_zone": {"type": "string", "description": "The server's when left out."},
                },
                "required": ["interval"],
            },
        },
    },
    "multipart/form-data": {
        "type": "object",
        "description": "One field or file per variable.",
        "properties": {
            "_commit": {"type": "boolean"},
            "_task_queue": {"type": "string"},
            **{f"{SCHEDULE}{name}": {"type": "string"} for name in SCHEDULE_FIELDS},
        },
    },
}


def run_job(request: Request, job: Job, *, no_worker: str) -> JobResult | ScheduledJob:
    """
    Start *job* as *request* asks, or keep it for later or for an approval.

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
    try:
        return _start(request, job, spec, body)
    except RunRefused as exc:
        raise _answer_to(exc, body, no_worker) from exc
    except ScheduleRefused as exc:
        raise Refusal(status.HTTP_400_BAD_REQUEST, _schedule_answer(exc, body)) from exc


def _start(request: Request, job: Job, spec: JobSpec, body: RunBody) -> JobResult | ScheduledJob:
    asked = _run_request(request, job, spec, body)
    runnable_revision(job, request.user)  # comes before anything about the body
    if spec.has_sensitive_variables and _wants_later(body):
        raise SensitiveAndScheduled
    if spec.has_sensitive_variables and spec.approval_required:
        raise SensitiveAndApproved
    if body.error is not None:
        raise Refusal(status.HTTP_400_BAD_REQUEST, body.error)
    return _accept_once(request, asked, read_wish(body.schedule))


def _wants_later(body: RunBody) -> bool:
    interval = body.schedule.get("interval") if isinstance(body.schedule, dict) else None
    return interval in INTERVALS and interval != IMMEDIATELY


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


def _accept_once(request: Request, asked: RunRequest, wish: Wish | None) -> JobResult | ScheduledJob:
    """With an ``Idempotency-Key`` a request that is sent again, for whatever reason, starts nothing new."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return accept(asked, wish)
    if len(key) > MOST or not key.isprintable():
        raise Refusal(
            status.HTTP_400_BAD_REQUEST, f"An Idempotency-Key is at most {MOST} printable characters."
        )
    digest = digest_of([asked.data, asked.commit, asked.task_queue, wish], asked.files)
    return once(user=asked.user, job=asked.job, key=key, digest=digest, start=lambda: accept(asked, wish))


def _schedule_answer(exc: ScheduleRefused, body: RunBody) -> Any:
    match exc:
        case InvalidSchedule():
            return body.schedule_errors(exc.errors)
        case SensitiveAndScheduled() | SchedulingDisabled():
            return body.schedule_errors({"interval": [str(exc)]})
        case _:
            return [str(exc)]


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
