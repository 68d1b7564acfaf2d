"""From the row of a result to what the API answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.api.job_results.shapes import (
    Choice,
    ExecutionShape,
    FullResult,
    JobModelShape,
    KeptInputs,
    ShortResult,
    ShortSchedule,
    UserShape,
)
from jobyard_server.api.links import Links
from jobyard_server.api.versions import knows_all_statuses
from jobyard_server.registry.models import Job
from jobyard_server.runs.locks import blockers_of
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.result_data import result_data
from jobyard_server.schedules.models import ScheduledJob

FOLDED = (statuses.CANCELLED, statuses.TIMED_OUT)  #: Statuses that clients of a version do not know.


class ResultDescriber:
    """Describes results for one caller: their addresses, their version of the API."""

    def __init__(self, links: Links, version: str | None) -> None:
        self.links = links
        self.version = version

    def short(self, result: JobResult) -> ShortResult:
        """Needs the user of the result to be loaded."""
        return {
            "id": result.pk,
            "url": self.links.job_result(result.pk),
            "name": result.name,
            "created": result.created,
            "completed": result.completed,
            "user": self.user(result.user),
            "status": self.status(result),
            "display": result.name,
        }

    def full(
        self, result: JobResult, *, layout: str, rows: bool = True, secrets: frozenset[str] | None = None
    ) -> FullResult:
        """
        Needs the user and the job of the result to be loaded.

        Args:
            result: What to describe.
            layout: Of its data, 1.1 or 1.2.
            rows: Whether the data has the log rows; costs a query.
            secrets: Input variables never to show; None when they are not known, then no input is shown.
        """
        return {
            "id": result.pk,
            "url": self.links.job_result(result.pk),
            "created": result.created,
            "completed": result.completed,
            "name": result.name,
            "obj_type": object_type(result),
            "status": self.status(result),
            "user": self.user(result.user),
            "data": result_data(result, layout=layout, rows=rows),
            "job_id": result.pk,
            "job_model": self.job_model(result.job_model),
            "job_kwargs": kept_inputs(result, secrets),
            "schedule": self.schedule(result.schedule),
            "status_reason": result.status_reason,
            "cancel_requested": result.cancel_requested,
            "cancel_requested_by": result.cancel_requested_by or None,
            "commit": result.commit,
            "data_committed": result.data_committed,
            "started": result.started,
            "duration": result.duration,
            "task_queue": result.task_queue,
            "source": result.origin or None,
            "execution": self.execution(result),
            "display": result.name,
        }

    def status(self, result: JobResult) -> Choice:
        value = result.status
        if value in FOLDED and not knows_all_statuses(self.version):
            value = statuses.ERRORED
        return {"value": value, "label": statuses.LABELS[value]}

    def execution(self, result: JobResult) -> ExecutionShape:
        """One query for a run that waits and has a limit or locks; none for others."""
        return {
            "sandbox": result.sandbox or None,
            "attempt": result.attempt,
            "max_retries": result.max_retries,
            "retry_of": result.retry_of_id,
            "run_limit": result.run_limit,
            "locks": result.locks,
            "waits_for": [
                {
                    "id": item.id,
                    "url": self.links.job_result(item.id),
                    "name": item.name,
                    "status": item.status,
                    "locks": item.locks,
                }
                for item in blockers_of(result)
            ],
        }

    def user(self, user: User | None) -> UserShape | None:
        if user is None:
            return None
        name = user.get_username()
        return {"id": user.pk, "url": self.links.user(user.pk), "username": name, "display": name}

    def schedule(self, schedule: ScheduledJob | None) -> ShortSchedule | None:
        return None if schedule is None else self.short_schedule(schedule)

    def short_schedule(self, schedule: ScheduledJob) -> ShortSchedule:
        return {
            "id": schedule.pk,
            "url": self.links.scheduled_job(schedule.pk),
            "name": schedule.name,
            "start_time": schedule.start_time,
            "interval": schedule.interval,
            "crontab": schedule.crontab,
            "display": schedule.name,
        }

    def job_model(self, job: Job | None) -> JobModelShape | None:
        if job is None:
            return None
        return {"id": job.pk, "url": self.links.job_record(job.pk), "name": job.name, "display": job.name}


def object_type(result: JobResult) -> str:
    """``extras.job`` for a run; content types are remembered by Django, so this costs no query."""
    found = ContentType.objects.get_for_id(result.obj_type_id)
    return f"{found.app_label}.{found.model}"


def kept_inputs(result: JobResult, secrets: frozenset[str] | None) -> KeptInputs | None:
    """The inputs of a run, unless they are sensitive or nobody can tell which of them are secret."""
    if result.has_sensitive_variables or secrets is None:
        return None
    data = {name: value for name, value in result.inputs.items() if name not in secrets}
    return {"data": data, "commit": result.commit, "task_queue": result.task_queue}


def secret_variables(results: Iterable[JobResult]) -> dict[uuid.UUID, frozenset[str]]:
    """Names of the secret variables by job, for the jobs whose inputs may be shown; one query or none."""
    kept = [result for result in results if not result.has_sensitive_variables]
    jobs = {result.job_model_id for result in kept if result.job_model_id}
    if not jobs:
        return {}
    rows = Job.objects.filter(pk__in=jobs).values_list("pk", "spec_json__variables")
    return {pk: secret_names(variables) for pk, variables in rows}


def secret_names(variables: list[dict[str, object]]) -> frozenset[str]:
    return frozenset(str(variable["name"]) for variable in variables if variable.get("secret"))
