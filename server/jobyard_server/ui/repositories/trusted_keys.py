"""The page of the keys whose signatures count: who vouches for whom, since when, until when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.trust_models import TrustedKey
from jobyard_server.registry.trusted_keys import add_trusted_key, revoke_trusted_key
from jobyard_server.ui.form_page import FormPage, show_form
from jobyard_server.ui.moments import end_of_day
from jobyard_server.ui.permitted import require, require_on, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FieldGroup, FormField

NO_DATE: Final = "Enter a date such as 2030-12-31."
_KEY_HELP: Final = "One line of a .pub file of OpenSSH, or an armoured public GPG key."


@require_safe
def list_trusted_keys(request: PageRequest) -> HttpResponse:
    """All keys, revoked ones too: what they signed is told apart by them."""
    require(request.user, "view", TrustedKey)
    keys = restrict(TrustedKey.objects.select_related("added_by"), request.user, "view")
    changeable = set(restrict(TrustedKey.objects.all(), request.user, "change").values_list("pk", flat=True))
    context = {
        "lines": [(key, key.revoked_at is None and key.pk in changeable) for key in keys],
        "may_add": may(request.user, "add", TrustedKey),
    }
    return render(request, "ui/repositories/list_trusted_keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def trust_key(request: PageRequest) -> HttpResponse:
    """The form of a key that somebody vouches for."""
    require(request.user, "add", TrustedKey)
    if request.method != "POST":
        return _form(request, {}, {})
    sent = request.POST.dict()
    try:
        until = _end_of(str(sent.get("not_after", "")).strip())
        key = add_trusted_key(
            str(sent.get("principal", "")), str(sent.get("key", "")), request.user, not_after=until
        )
    except RepositoryErrors as exc:
        return _form(request, {name: str(value) for name, value in sent.items()}, exc.errors)
    messages.success(request, f"Signatures by {key.principal} count from now on.")
    return redirect("ui:list_trusted_keys")


@require_POST
def revoke_key(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Nothing that it ever signed counts any more."""
    require(request.user, "change", TrustedKey)
    key = visible_or_404(TrustedKey.objects.all(), request.user, pk=pk)
    require_on(request.user, "change", key)
    revoke_trusted_key(key, request.user)
    messages.success(request, f"The key of {key.principal} is revoked, and with it what it signed.")
    return redirect("ui:list_trusted_keys")


def _end_of(day: str) -> datetime | None:
    try:
        return end_of_day(day)
    except ValueError:
        raise RepositoryErrors({"not_after": [NO_DATE]}) from None


def _form(request: PageRequest, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> HttpResponse:
    def field(name: str, label: str, help_text: str, **more: str) -> FormField:
        return FormField(
            name=name,
            label=label,
            help=help_text,
            value=values.get(name, ""),
            errors=list(errors.get(name, [])),
            required=name != "not_after",
            attributes=SPELLED,
            **more,  # type: ignore[arg-type]  # control and type, which are texts
        )

    fields = [
        field("principal", "Whose key it is", "A name or a mail address, as people will read it."),
        field("key", "Public key", _KEY_HELP, control="textarea"),
        field("not_after", "Until", "The last day on which it counts; empty: no end.", type="date"),
    ]
    back = reverse("ui:list_trusted_keys")
    page = FormPage(
        title="Trust a key",
        back=back,
        crumbs=[("Trusted keys", back)],
        submit="Trust this key",
        lead="Commits and tags that it signed count in every repository that looks at signatures.",
        done="trusted",
        groups=[FieldGroup(fields=fields)],
    )
    return show_form(request, page, errors)
