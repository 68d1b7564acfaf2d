"""Filters of results and of log rows."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from jobyard import events, statuses
from jobyard_server.api.filters import AnyOf, Filters, any_choice, any_id, any_text, by_method, meta, moment
from jobyard_server.api.job_results.describe import FOLDED
from jobyard_server.api.versions import knows_all_statuses
from jobyard_server.runs.models import JobLogEntry, JobResult


class StatusFilter(AnyOf):
    """For clients of a version, ``errored`` stands for the statuses they do not know as well."""

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        version = getattr(self.parent.request, "version", None)
        if value and statuses.ERRORED in value and not knows_all_statuses(version):
            value = [*value, *FOLDED]
        return super().filter(qs, value)


class ResultFilters(Filters):
    name = any_text()
    status = StatusFilter(forms.ChoiceField(choices=list(statuses.LABELS.items())))
    task_queue = any_text()
    created = moment("created")
    created__gte = moment("created", "gte")
    created__lte = moment("created", "lte")
    completed = moment("completed")
    completed__gte = moment("completed", "gte")
    completed__lte = moment("completed", "lte")
    user = by_method("by_user")
    obj_type = by_method("by_object_type")
    job_model = by_method("by_job")

    Meta = meta(JobResult)

    def by_user(self, rows: QuerySet[JobResult], _name: str, value: str) -> QuerySet[JobResult]:
        """An id or a user name."""
        return rows.filter(Q(user=value) if is_uuid(value) else Q(user__username=value))

    def by_job(self, rows: QuerySet[JobResult], _name: str, value: str) -> QuerySet[JobResult]:
        """An id or a slug."""
        return rows.filter(Q(job_model=value) if is_uuid(value) else Q(job_model__slug=value))

    def by_object_type(self, rows: QuerySet[JobResult], _name: str, value: str) -> QuerySet[JobResult]:
        """``extras.job`` or ``extras.gitrepository``."""
        app_label, _, model = value.partition(".")
        return rows.filter(obj_type__app_label=app_label, obj_type__model=model)


class LogOfResultFilters(Filters):
    searched = ("message", "log_object")

    log_level = any_choice({level: level for level in events.LEVELS})
    grouping = any_text()

    Meta = meta(JobLogEntry)


class LogFilters(LogOfResultFilters):
    job_result = any_id("job_result_id")

    Meta = meta(JobLogEntry)


def is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
