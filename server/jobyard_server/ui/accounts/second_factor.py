"""The second factor of one's account: entered to log in, set up, and turned off."""

from __future__ import annotations

from typing import Final

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jobyard_server.access.errors import CodeRefused, SecretUnreadable
from jobyard_server.access.half_way import log_in, waiting
from jobyard_server.access.models import SecondFactor, User
from jobyard_server.access.second_factor import (
    TOO_MANY,
    app_address,
    has_password,
    has_second_factor,
    must_have_second_factor,
    new_secret,
    renew_recovery_codes,
    require_code,
    turn_off,
    turn_on,
)
from jobyard_server.access.secrets import decrypt, encrypt
from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.requests import PageRequest

_KEPT: Final = "second_factor_to_be"  #: The secret that is shown, encrypted, until a code of it came.
OFF: Final = "The second factor was turned off. The password alone lets you in."


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """The second step of logging in."""
    user = waiting(request)
    if user is None:
        return redirect("ui:log_in")
    problem = ""
    if request.method == "POST":
        try:
            require_code(user, request.POST.get("code", ""))
            return redirect(log_in(request, user))
        except CodeRefused as exc:
            problem = str(exc)
    return _answer(request, "enter_code", {"problem": problem})


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_up_to_log_in(request: HttpRequest) -> HttpResponse:
    """The second step for whoever must have a second factor and has none yet."""
    user = waiting(request)
    if user is None or has_second_factor(user):
        return redirect("ui:log_in" if user is None else "ui:enter_code")
    problem = ""
    if request.method == "POST":
        try:
            codes = _turn_on(request, user)
        except CodeRefused as exc:
            problem = str(exc)
        else:
            return _show_codes(request, codes, log_in(request, user))
    return _set_up(request, user, {"problem": problem, "is_first": True})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_second_factor(request: PageRequest) -> HttpResponse:
    """Set it up; or what there is, with new recovery codes and the way to turn it off."""
    user, here = request.user, reverse("ui:show_second_factor")
    context: dict[str, object] = {"tabs": tabs_for(user, "second_factor"), "problem": ""}
    try:
        if request.method == "POST" and has_second_factor(user):
            return _change(request, here)
        if request.method == "POST" and has_password(user):
            return _show_codes(request, _turn_on(request, user), here)
    except CodeRefused as exc:
        context["problem"] = str(exc)
    row = SecondFactor.objects.filter(user=user.pk).first()
    if row is None and has_password(user):
        return _set_up(request, user, context)
    left = len(row.recovery_digests) if row else 0
    more = {"row": row, "left": left, "must": must_have_second_factor(user)}
    return _answer(request, "show_second_factor", {**context, **more})


def _change(request: PageRequest, here: str) -> HttpResponse:
    code = request.POST.get("code", "")
    if request.POST.get("do") != "turn-off":
        return _show_codes(request, renew_recovery_codes(request.user, code), here)
    if must_have_second_factor(request.user):
        raise CodeRefused("The settings of this server ask you for a second factor; it stays on.")
    turn_off(request.user, code)
    messages.success(request, OFF)
    return redirect(here)


def _turn_on(request: HttpRequest, user: User) -> list[str]:
    codes = turn_on(user, _secret_for(request), request.POST.get("code", ""))
    request.session.pop(_KEPT, None)
    return codes


def _secret_for(request: HttpRequest) -> str:
    """The same one until it is used: who reloads the page has scanned the picture already."""
    try:
        return decrypt(request.session.get(_KEPT, ""))
    except SecretUnreadable:
        secret = new_secret()
        request.session[_KEPT] = encrypt(secret)
        return secret


def _set_up(request: HttpRequest, user: User, context: dict[str, object]) -> HttpResponse:
    secret = _secret_for(request)
    picture = segno.make(app_address(user, secret), error="m", micro=False)
    dark = [
        f"M{x} {y}h1v1h-1z"
        for y, line in enumerate(picture.matrix_iter(border=4))
        for x, is_dark in enumerate(line)
        if is_dark
    ]
    spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    size = picture.symbol_size(border=4)[0]
    more = {"secret": spelled, "size": size, "dark": "".join(dark)}
    return _answer(request, "set_up_second_factor", {**context, **more})


def _show_codes(request: HttpRequest, codes: list[str], done: str) -> HttpResponse:
    return render(request, "ui/accounts/show_recovery_codes.html", {"codes": codes, "done": done})


def _answer(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    status = {"": 200, TOO_MANY: 429}.get(str(context["problem"]), 400)
    return render(request, f"ui/accounts/{name}.html", context, status=status)
