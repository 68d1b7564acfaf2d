"""Addresses of logging in by an identity provider; django-allauth answers at them, if it is configured."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse

from jobyard_server.access.single_sign_on import OIDC, SAML
from jobyard_server.access.sso_errors import PLACES, back_to_log_in

ENDED = "Logging in was not finished. Try again, or log in with a password."


def sso_ways(next_page: str) -> list[tuple[str, str]]:
    """Name and address of each provider that is configured."""
    providers = getattr(settings, "SOCIALACCOUNT_PROVIDERS", {})
    query = f"?{urlencode({'next': next_page})}" if next_page else ""
    named = {"openid_connect": ("openid_connect_login", OIDC), "saml": ("saml_login", SAML)}
    return [
        (provider["APPS"][0]["name"], reverse(named[kind][0], args=[named[kind][1]]) + query)
        for kind, provider in providers.items()
    ]


def sso_patterns() -> list[Any]:
    """
    The addresses of the providers, and those that the library sends people to when something is missing.

    Only these: accounts, passwords and addresses are not edited by the library's pages.
    """
    named = ["account_login", "account_inactive", "account_logout", "account_signup", "socialaccount_signup"]
    named += ["socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_connections"]
    kinds = list(getattr(settings, "SOCIALACCOUNT_PROVIDERS", {}))
    return [
        *(path(PLACES, include(f"allauth.socialaccount.providers.{kind}.urls")) for kind in kinds),
        *(path(f"{PLACES}ended/{name}/", say_that_it_ended, name=name) for name in named),
    ]


@login_not_required
def say_that_it_ended(request: HttpRequest) -> HttpResponse:
    """Where the library sends people when something is missing."""
    return back_to_log_in(request, ENDED)
