"""The page of a row: its fields, its parts as tabs, what refers to it, its cables."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import may
from jobyard_server.api.inventory.fields import columns_of, relations_of
from jobyard_server.api.links import endpoint_of
from jobyard_server.changes.models import ObjectChange
from jobyard_server.inventory.dcim.models.cable_ends import CableEnd, PathEnd
from jobyard_server.receivers.models import JobHook
from jobyard_server.ui.inventory.cells import NOTHING, cell_of, link_to, link_with_owner, shown
from jobyard_server.ui.inventory.children import Children, attachable_to, children_of, prefilled, rows_of
from jobyard_server.ui.inventory.columns import all_columns, chosen_columns, relations_for, usual_columns
from jobyard_server.ui.inventory.labels import label_of
from jobyard_server.ui.inventory.naming import names_of
from jobyard_server.ui.inventory.reach import actions_of, row_for
from jobyard_server.ui.inventory.table import table_body
from jobyard_server.ui.permitted import visible_or_404
from jobyard_server.ui.receivers.buttons import buttons_of
from jobyard_server.ui.receivers.hook_state import hook_state
from jobyard_server.ui.requests import PageRequest

MOST_IN_TAB = 100  #: Rows; the list of these rows has all.
ASIDE = (
    "id",
    "created",
    "last_updated",
    "tags",
    "comments",
)  #: Not among the facts: they have their own places.


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A field with its value."""

    label: str
    html: SafeString


@require_safe
@never_cache
def show_row(request: PageRequest, model: type[Model], pk: uuid.UUID) -> HttpResponse:
    """All that is known of one row."""
    row_for(request.user, "view", model, pk)
    found = model._default_manager.prefetch_related(*relations_of(model))
    row: Any = visible_or_404(found, request.user, pk=pk)
    children = children_of(row, request.user)
    parts = [child for child in children if child.relation.is_part]
    tab = next((child for child in parts if child.relation.name == request.GET.get("tab")), None)
    context = {
        **names_of(model),
        **actions_of(request.user, model),
        "row": row,
        "may_view_changes": may(request.user, "view", ObjectChange),
        "api_url": f"/api/{endpoint_of(model)}/{row.pk}/",
        "parts": parts,
        "tab": tab,
        "buttons": buttons_of(row, request.user),
        "attachable": attachable_to(row, request.user),
        "hook_state": hook_state(row, request.user) if isinstance(row, JobHook) else None,
        "others": [child for child in children if not child.relation.is_part],
        **(_tab(tab, row, request) if tab else _overview(row)),
    }
    return render(request, "ui/inventory/show_row.html", context)


def _tab(tab: Children, row: Any, request: PageRequest) -> dict[str, Any]:
    model = tab.relation.model
    names = [name for name in usual_columns(model) if name not in tab.relation.hidden]
    columns = chosen_columns(model, names)
    rows = rows_of(tab.relation, row, request.user).prefetch_related(*relations_for(model, columns))
    listed = list(rows[:MOST_IN_TAB])
    return {
        "tab_names": names_of(model),
        "tab_columns": columns,
        "tab_body": table_body(model, listed, columns, selectable=False),
        "tab_unlisted": max(0, tab.count - len(listed)),
        "tab_actions": actions_of(request.user, model),
        "tab_add": prefilled(tab.relation, row),
    }


def _overview(row: Any) -> dict[str, Any]:
    facts = _facts(row)
    return {
        "facts": [fact for fact in facts if fact.html != NOTHING],
        "empty": [fact.label for fact in facts if fact.html == NOTHING],
        "custom_facts": _custom_facts(row),
        "tags": list(row.tags.all()) if hasattr(row, "tags") else [],
        "comments": getattr(row, "comments", ""),
        "steps": _steps(row),
        "is_path_end": isinstance(row, PathEnd),
        "can_be_cabled": isinstance(row, CableEnd)
        and getattr(row, "is_connectable", True)
        and not row.cable_id,
        "kind": f"{row._meta.app_label}.{row._meta.model_name}",
        "utilization": round(row.get_utilization(), 1) if hasattr(row, "get_utilization") else None,
    }


def _facts(row: Any) -> list[Fact]:
    model: type[Model] = row._meta.model
    names = [name for name in all_columns(model) if name not in ASIDE]
    return [Fact(label=label_of(name), html=cell_of(model, name, is_whole=True)(row)) for name in names]


def _custom_facts(row: Any) -> list[Fact]:
    if not any(field.name == "custom_field_data" for field in columns_of(row._meta.model)):
        return []
    return [
        Fact(label=str(field), html=shown(value, is_whole=True))
        for field, value in row.get_custom_fields().items()
    ]


def _steps(row: Any) -> list[tuple[SafeString, SafeString, SafeString]]:
    """The path of cables from here: near end, cable, far end."""
    if not isinstance(row, PathEnd) or not row.cable_id:
        return []
    return [(link_with_owner(near), link_to(cable), link_with_owner(far)) for near, cable, far in row.trace()]
