"""The pages of API tokens: one's own, and with a permission those of others. A key is shown once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobyard_server.access.audit import DELETED, record
from jobyard_server.access.errors import AccessError, AccountErrors
from jobyard_server.access.own_tokens import make_token, visible_tokens
from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.form_page import FormPage, show_form
from jobyard_server.ui.moments import end_of_day
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FieldGroup, FormField

NO_DATE: Final = "Enter a date such as 2030-12-31."
NETWORKS: Final = "Where it may be used from, such as 10.0.0.0/8, separated by spaces; empty means anywhere."


@require_safe
@never_cache
def list_tokens(request: PageRequest) -> HttpResponse:
    """Tokens without their keys."""
    tokens = visible_tokens(request.user, "view").select_related("user").order_by("-created", "pk")
    deletable = set(visible_tokens(request.user, "delete").values_list("pk", flat=True))
    context = {
        "tabs": tabs_for(request.user, "tokens"),
        "lines": [(token, token.pk in deletable) for token in tokens],
    }
    return render(request, "ui/accounts/list_tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_token(request: PageRequest) -> HttpResponse:
    """The form of a new token of one's own; then its key, this once."""
    if request.method != "POST":
        return _form(request, {}, {})
    try:
        made = make_token(request.user, _read(request.POST), by=request.user)
    except AccountErrors as exc:
        return _form(request, request.POST.dict(), exc.errors)
    except AccessError as exc:
        return _form(request, request.POST.dict(), {"": [str(exc)]})
    return render(request, "ui/accounts/show_new_token.html", {"token": made.token, "key": made.key})


@require_POST
def delete_token(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete a token; whoever uses it is refused from then on."""
    token = visible_tokens(request.user, "delete").select_related("user").filter(pk=pk).first()
    if token is None:
        raise Http404
    record(DELETED, user=request.user, target=token)
    token.delete()
    messages.success(request, f"The token {token.hint}… was deleted.")
    return redirect("ui:list_tokens")


def _read(sent: QueryDict) -> dict[str, Any]:
    return {
        "description": sent.get("description", "").strip()[:200],
        "write_enabled": "read_only" not in sent,
        "allowed_networks": sent.get("allowed_networks", "").replace(",", " ").split(),
        "expires": _end_of(sent.get("expires", "").strip()),
    }


def _end_of(day: str) -> datetime | None:
    try:
        return end_of_day(day)
    except ValueError:
        raise AccountErrors({"expires": [NO_DATE]}) from None


def _form(request: PageRequest, values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> HttpResponse:
    def text(name: str, label: str, help_text: str, kind: str = "text") -> FormField:
        return FormField(
            name=name, label=label, help=help_text, type=kind, value=values.get(name, ""),
            errors=list(errors.get(name, [])), attributes=SPELLED,
        )  # fmt: skip

    fields = [
        text("description", "Description", "What it is for."),
        FormField(name="read_only", label="Read only", control="checkbox", checked="read_only" in values,
                  help="It changes nothing: no run, no sync, no object."),
        text("expires", "Expires", "The last day on which it works; empty means never.", "date"),
        text("allowed_networks", "Allowed networks", NETWORKS),
    ]  # fmt: skip
    back = reverse("ui:list_tokens")
    page = FormPage(
        title="Add a token",
        back=back,
        crumbs=[("API tokens", back)],
        submit="Make the token",
        lead=f"It may do what {request.user.get_username()} may do.",
        done="made",
        groups=[FieldGroup(fields=fields)],
    )
    return show_form(request, page, errors)
