"""Adding and changing a row by its form."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import PermissionDenied, ValidationError

from jobyard_server.api.inventory.fields import is_file
from jobyard_server.api.inventory.saving import RowSaver
from jobyard_server.inventory.base.words import with_article
from jobyard_server.ui.inventory.addresses import list_url, row_url
from jobyard_server.ui.inventory.editable import Said, said_of
from jobyard_server.ui.inventory.form import Errors, first_texts, row_form, sent_texts
from jobyard_server.ui.inventory.labels import singular, title
from jobyard_server.ui.inventory.naming import names_of
from jobyard_server.ui.inventory.query import messages_of
from jobyard_server.ui.inventory.reach import row_for
from jobyard_server.ui.inventory.texts import Text, TextsError, body_of
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest

ANOTHER = "add_another"  #: Name of the button that saves and goes on with an empty form.


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_row(request: PageRequest, model: type[Model]) -> HttpResponse:
    """The form of a new row; parameters of the address fill it in."""
    require(request.user, "add", model)
    return _edit(request, model, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_row(request: PageRequest, model: type[Model], pk: uuid.UUID) -> HttpResponse:
    """The form of a row that exists."""
    return _edit(request, model, row_for(request.user, "change", model, pk))


def _edit(request: PageRequest, model: type[Model], row: Any) -> HttpResponse:
    said = said_of(model)
    if request.method != "POST":
        texts = first_texts(said, row or model(), request.GET if row is None else None)
        return _show(request, model, row, texts, {})
    texts = sent_texts(said, request.POST)
    try:
        body = body_of(model, said, texts) | _files_of(said, request, row)
        saved = RowSaver(model, request.user).save(body, row)
    except TextsError as exc:
        return _show(request, model, row, texts, exc.errors)
    except (ValidationError, PermissionDenied) as exc:
        return _show(request, model, row, texts, messages_of(exc))
    done = "changed" if row is not None else "added"
    messages.success(request, f"The {singular(model)} {saved} was {done}.")
    return redirect(f"{list_url(model)}add/" if ANOTHER in request.POST else row_url(saved))


def _files_of(said: Iterable[Said], request: PageRequest, row: Any) -> dict[str, Any]:
    """The files that were sent; without one that of *row* stays."""
    found: dict[str, Any] = {}
    for item in said:
        if not is_file(item.field):
            continue
        if sent := request.FILES.get(item.name):
            found[item.name] = sent
        elif row is not None:
            found[item.name] = getattr(row, item.name).url
    return found


def _show(
    request: PageRequest, model: type[Model], row: Any, texts: dict[str, Text], errors: Errors
) -> HttpResponse:
    form = row_form(model, said_of(model), texts, errors, request.user)
    stored = model._default_manager.filter(pk=row.pk).first() if row is not None else None
    context = {
        **names_of(model),
        "row": stored,
        "form": form,
        "error_count": form.error_count,
        "page_title": f"Edit {stored}" if stored is not None else f"Add {with_article(singular(model))}",
        "add_label": title(singular(model)),
        "back": row_url(stored) if stored is not None else list_url(model),
    }
    return render(request, "ui/inventory/edit_row.html", context)
