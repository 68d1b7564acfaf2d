"""The change log: all of it, that of one object, and one change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import restrict
from jobyard_server.api.links import endpoint_of
from jobyard_server.changes.models import ACTIONS, ObjectChange
from jobyard_server.changes.tracked import tracked_models
from jobyard_server.ui.changes.shown import by_object
from jobyard_server.ui.permitted import require, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.results.views import number

SIZE = 50


@dataclass(frozen=True, kw_only=True)
class ChangeFilter:
    """Which changes are wanted; empty means all."""

    action: str = ""
    kind: str = ""  #: ``dcim.device``
    user: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ChangeFilter:
        action = query.get("action", "")
        return cls(
            action=action if action in ACTIONS else "",
            kind=query.get("type", "").strip().lower()[:100],
            user=query.get("user", "").strip()[:150],
        )

    def apply(self, rows: QuerySet[ObjectChange]) -> QuerySet[ObjectChange]:
        if self.action:
            rows = rows.filter(action=self.action)
        if self.kind:
            label, _, model = self.kind.partition(".")
            kinds: Any = ContentType.objects.filter(app_label=label, model=model)
            rows = rows.filter(changed_object_type__in=list(kinds))
        return rows.filter(user__username=self.user) if self.user else rows

    def query(self, **more: object) -> str:
        named = {"action": self.action, "type": self.kind, "user": self.user, **more}
        return urlencode({name: value for name, value in named.items() if value})

    def __bool__(self) -> bool:
        return bool(self.action or self.kind or self.user)


@require_safe
@never_cache
def list_changes(request: PageRequest) -> HttpResponse:
    """All changes, newest first."""
    require(request.user, "view", ObjectChange)
    wanted = ChangeFilter.from_query(request.GET)
    kinds = [(model._meta.label_lower, str(model._meta.verbose_name)) for model in tracked_models()]
    context = {"choices": ACTIONS.items(), "kinds": sorted(kinds, key=lambda kind: kind[1])}
    return _page(request, wanted.apply(ObjectChange.objects.all()), wanted, context)


@require_safe
@never_cache
def list_changes_of(request: PageRequest, app: str, plural: str, pk: uuid.UUID) -> HttpResponse:
    """The changes of one object, newest first; of one that is gone as well."""
    require(request.user, "view", ObjectChange)
    model = _model_at(f"{app}/{plural}")
    kind = ContentType.objects.get_for_model(model)
    changes = restrict(ObjectChange.objects.all(), request.user, "view")
    rows = changes.filter(changed_object_type=kind, changed_object_id=pk)
    newest = rows.order_by("-id").first()
    if newest is None:
        raise Http404
    context = {"subject": newest.object_name, "subject_kind": kind.name}
    row = restrict(model._default_manager.filter(pk=pk), request.user, "view").first()
    if row is not None:
        context["subject_url"] = row.get_absolute_url()
    return _page(request, rows, ChangeFilter(), context)


@require_safe
@never_cache
def show_change(request: PageRequest, pk: int) -> HttpResponse:
    """One change."""
    require(request.user, "view", ObjectChange)
    change = visible_or_404(ObjectChange.objects.select_related("user"), request.user, pk=pk)
    (shown,) = by_object([change], request.user)
    return render(request, "ui/changes/show_change.html", {"change": change, "shown": shown})


def _page(
    request: PageRequest, rows: QuerySet[ObjectChange], wanted: ChangeFilter, context: dict[str, Any]
) -> HttpResponse:
    before = number(request.GET.get("before")) or 0
    rows = restrict(rows, request.user, "view")
    rows = rows.filter(id__lt=before) if before > 0 else rows
    found = list(rows.defer("before", "after").order_by("-id")[: SIZE + 1])
    older = wanted.query(before=found[SIZE - 1].pk) if len(found) > SIZE else ""
    context |= {"rows": found[:SIZE], "older": older, "wanted": wanted, "is_first": before <= 0}
    return render(request, "ui/changes/list_changes.html", context)


def _model_at(endpoint: str) -> Any:
    for model in tracked_models():
        if endpoint_of(model) == endpoint:
            return model
    raise Http404
