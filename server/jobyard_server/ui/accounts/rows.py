"""The pages of users, groups and permissions: list, add, edit, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jobyard_server.access.editing import delete
from jobyard_server.access.errors import AccountErrors
from jobyard_server.access.permissions import may, require_covered, restrict
from jobyard_server.ui.accounts.kinds import Kind
from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.form_page import FormPage, show_form
from jobyard_server.ui.permitted import require, require_on, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.fields import FieldGroup

PAGE_SIZE = 100


@require_safe
@never_cache
def list_rows(request: PageRequest, kind: Kind) -> HttpResponse:
    """All rows of *kind* that one may view, page by page."""
    require(request.user, "view", kind.model)
    rows = restrict(kind.model._default_manager.all(), request.user, "view")
    rows = kind.shown_to(rows, request.user).order_by("username" if kind.name == "users" else "name")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "tabs": tabs_for(request.user, kind.name),
        "page": page,
        "lines": [
            (str(row), _address(kind, row), list(zip(kind.columns, kind.cells(row), strict=True)))
            for row in page
        ],
        "add_address": reverse(f"ui:add_{kind.one}") if may(request.user, "add", kind.model) else "",
    }
    return render(request, "ui/accounts/list_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_row(request: PageRequest, kind: Kind) -> HttpResponse:
    """The form of a new row."""
    require(request.user, "add", kind.model)
    if request.method != "POST":
        return _form(request, kind, None, kind.values_of(None), {})
    return _save(request, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_row(request: PageRequest, kind: Kind, pk: Any) -> HttpResponse:
    """The form of a known row."""
    require(request.user, "view", kind.model)
    rows = kind.model._default_manager.all()
    if request.method != "POST":
        row = visible_or_404(kind.shown_to(rows, request.user), request.user, pk=pk)
        return _form(request, kind, row, kind.values_of(row), {})
    row = visible_or_404(rows, request.user, pk=pk)
    require_on(request.user, "change", row)
    return _save(request, kind, row)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_row(request: PageRequest, kind: Kind, pk: Any) -> HttpResponse:
    """Ask once, then delete."""
    require(request.user, "view", kind.model)
    row = visible_or_404(kind.model._default_manager.all(), request.user, pk=pk)
    require_on(request.user, "delete", row)
    problem = ""
    if request.method == "POST":
        try:
            delete([row], by=request.user)
        except AccountErrors as exc:
            problem = str(exc)
        else:
            messages.success(request, f"The {kind.one} {row} was deleted.")
            return redirect(f"ui:list_{kind.name}")
    context = {"kind": kind, "row": row, "back": _address(kind, row), "problem": problem}
    return render(request, "ui/accounts/delete_row.html", context)


def _save(request: PageRequest, kind: Kind, row: Any) -> HttpResponse:
    values = kind.read(request.POST, request.user)
    target = kind.model() if row is None else row
    try:
        with transaction.atomic():
            kind.save(target, values, by=request.user)
            require_covered(request.user, "add" if row is None else "change", target)
    except AccountErrors as exc:
        stored = None if row is None else kind.model._default_manager.get(pk=row.pk)
        shown = {**({} if stored is None else kind.values_of(stored)), **_sent(values, request.POST)}
        return _form(request, kind, stored, shown, exc.errors)
    messages.success(request, f"The {kind.one} {target} was {'added' if row is None else 'changed'}.")
    return redirect(f"ui:list_{kind.name}")


def _sent(values: Mapping[str, Any], sent: QueryDict) -> dict[str, Any]:
    """*values* as the form shows them: rows by their ids, text as it was typed."""
    shown = {name: [getattr(each, "pk", each) for each in value] if isinstance(value, list) else value
             for name, value in values.items()}  # fmt: skip
    return {**shown, **({"constraints": sent["constraints"]} if "constraints" in sent else {})}


def _form(
    request: PageRequest, kind: Kind, row: Any, values: Mapping[str, Any], errors: Mapping[str, list[str]]
) -> HttpResponse:
    back = reverse(f"ui:list_{kind.name}")
    page = FormPage(
        title=f"Add a {kind.one}" if row is None else str(row),
        back=back,
        crumbs=[(kind.title, back)],
        submit=_button(request, row),
        delete_address=_deletion(request, kind, row),
        groups=[FieldGroup(fields=kind.fields_of(values, errors, request.user))],
    )
    return show_form(request, page, errors)


def _button(request: PageRequest, row: Any) -> str:
    if row is None:
        return "Add"
    return "Save" if may(request.user, "change", row) else ""


def _deletion(request: PageRequest, kind: Kind, row: Any) -> str:
    if row is None or not may(request.user, "delete", row):
        return ""
    return reverse(f"ui:delete_{kind.one}", args=[row.pk])


def _address(kind: Kind, row: Any) -> str:
    return reverse(f"ui:edit_{kind.one}", args=[row.pk])
