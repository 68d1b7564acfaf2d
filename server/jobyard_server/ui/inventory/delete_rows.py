"""Deleting a row, or the rows that were ticked in a list: asked once, with all that goes along."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jobyard_server.api.errors import Refusal
from jobyard_server.api.inventory.saving import delete_rows as delete_all
from jobyard_server.ui.inventory.addresses import list_url, row_url
from jobyard_server.ui.inventory.consequences import consequences_of
from jobyard_server.ui.inventory.labels import counted, singular
from jobyard_server.ui.inventory.naming import names_of
from jobyard_server.ui.inventory.reach import row_for, rows_for
from jobyard_server.ui.requests import PageRequest

MOST = 1000  #: Rows at once; a page of a list has fewer.
MOST_NAMED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_row(request: PageRequest, model: type[Model], pk: uuid.UUID) -> HttpResponse:
    """Ask, then delete one row."""
    row = row_for(request.user, "delete", model, pk)
    if request.method != "POST":
        return _ask(request, model, [row], back=row_url(row))
    return _delete(request, model, [row], done=f"The {singular(model)} {row} was deleted.")


@require_POST
@never_cache
def delete_rows(request: PageRequest, model: type[Model]) -> HttpResponse:
    """Ask, then delete the rows whose keys were sent; all of them or none."""
    rows = list(rows_for(request.user, "delete", model).filter(pk__in=_keys(request)[:MOST]))
    if not rows:
        messages.info(request, f"No {singular(model)} was selected; tick the boxes at the left of the list.")
        return redirect(list_url(model))
    if request.POST.get("confirmed") != "yes":
        return _ask(request, model, rows, back=list_url(model))
    number = counted(len(rows), model)
    return _delete(request, model, rows, done=f"{number} {'was' if len(rows) == 1 else 'were'} deleted.")


def _ask(
    request: PageRequest, model: type[Model], rows: list[Any], *, back: str, status: int = 200
) -> HttpResponse:
    context = {
        **names_of(model),
        "rows": rows,
        "named": rows[:MOST_NAMED],
        "unnamed": max(0, len(rows) - MOST_NAMED),
        "what": f"{singular(model)} {rows[0]}" if len(rows) == 1 else counted(len(rows), model),
        "consequences": consequences_of(rows, request.user),
        "back": back,
    }
    return render(request, "ui/inventory/delete_rows.html", context, status=status)


def _delete(request: PageRequest, model: type[Model], rows: list[Any], *, done: str) -> HttpResponse:
    try:
        delete_all(rows, request.user)
    except Refusal:  # the page says what is in the way
        return _ask(request, model, list(rows), back=list_url(model), status=409)
    messages.success(request, done)
    return redirect(list_url(model))


def _keys(request: PageRequest) -> list[uuid.UUID]:
    found = []
    for text in request.POST.getlist("pk"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue  # no list sends such a key
    return found
