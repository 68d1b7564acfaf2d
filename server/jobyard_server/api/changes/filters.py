"""Filters of the change log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django_filters import rest_framework as library  # type: ignore[import-untyped]  # it ships no types

from jobyard_server.api.filters import AnyOf, Filters, any_choice, any_id, any_text, by_method, meta, moment
from jobyard_server.api.job_results.filters import is_uuid
from jobyard_server.changes.models import ACTIONS, ObjectChange


class ObjectChangeFilters(Filters):
    searched = ("user_name", "object_repr")

    id = AnyOf(forms.IntegerField())
    id__lt = library.NumberFilter("id", "lt")
    id__gt = library.NumberFilter("id", "gt")
    action = any_choice(ACTIONS)
    changed_object_type = by_method("by_type")
    changed_object_id = any_id()
    object_repr = any_text()
    user = by_method("by_user")
    user_name = any_text()
    request_id = any_id()
    job_result = any_id("run_id")
    time = moment("time")
    time__gte = moment("time", "gte")
    time__lte = moment("time", "lte")

    Meta = meta(ObjectChange)

    def by_type(self, rows: QuerySet[ObjectChange], _name: str, value: str) -> QuerySet[ObjectChange]:
        """``dcim.device``."""
        app_label, _, model = value.lower().partition(".")
        kinds: QuerySet[Any] = ContentType.objects.filter(app_label=app_label, model=model)
        return rows.filter(changed_object_type__in=list(kinds))

    def by_user(self, rows: QuerySet[ObjectChange], _name: str, value: str) -> QuerySet[ObjectChange]:
        """An id or a user name."""
        return rows.filter(Q(user=value) if is_uuid(value) else Q(user__username=value))
