"""The audit log as a page: newest first, narrowed by action, name and object."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.access.audit import LABELS
from jobyard_server.access.models import AuditEvent
from jobyard_server.access.permissions import restrict
from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest

PAGE_SIZE = 100


@require_safe
@never_cache
def list_audit_events(request: PageRequest) -> HttpResponse:
    """Pages by the number of the last event, so that page 1,000 costs as much as page 1."""
    require(request.user, "view", AuditEvent)
    wanted = {name: request.GET.get(name, "").strip()[:200] for name in ("action", "q")}
    rows = _narrowed(restrict(AuditEvent.objects.all(), request.user, "view"), wanted)
    found = list(_older(rows, request.GET)[: PAGE_SIZE + 1])
    older = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    context = {
        "tabs": tabs_for(request.user, "audit_events"),
        "lines": [(event, LABELS.get(event.action, event.action)) for event in found[:PAGE_SIZE]],
        "wanted": wanted,
        "is_narrowed": any(wanted.values()),
        "choices": LABELS.items(),
        "export": f"{reverse('audit_export')}?{_query(wanted)}",
        "older": urlencode({**wanted, "before": older}) if older else "",
    }
    return render(request, "ui/accounts/list_audit_events.html", context)


def _query(wanted: dict[str, str]) -> str:
    return urlencode({name: text for name, text in wanted.items() if text})


def _narrowed(rows: QuerySet[AuditEvent], wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    if wanted["action"]:
        rows = rows.filter(action=wanted["action"])
    if text := wanted["q"]:
        rows = rows.filter(Q(username__icontains=text) | Q(object_repr__icontains=text))
    return rows


def _older(rows: QuerySet[AuditEvent], query: QueryDict) -> QuerySet[AuditEvent]:
    before = query.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) <= 18  # noqa: PLR2004  # digits of a number that fits
    return rows.filter(pk__lt=int(before)) if known else rows
