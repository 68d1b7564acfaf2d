"""What goes wrong on the way to an identity provider and back ends on the log-in page, with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from jobyard_server.access.audit import LOGIN_FAILED, record

PLACES: Final = "login/sso/"
FAILED: Final = "The identity provider did not log you in. Try again, or log in with a password."
NO_ANSWER: Final = (
    "The identity provider does not answer as it should. "
    "Try again in a minute, or log in with an account of this server."
)
log = structlog.get_logger(__name__)


class BackToLogIn:
    """
    The libraries raise whatever they met: a refused connection, metadata that are none, a made-up state.

    Stands before the middleware of django-allauth, which sees exceptions first and answers its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path_info.startswith(f"/{PLACES}") or isinstance(exception, Http404):
            return None
        if isinstance(exception, PermissionDenied):  # it was not asked for here, or was used before
            return back_to_log_in(request, FAILED)
        log.error("sso.failed", path=request.path_info, error=repr(exception)[:500])
        return back_to_log_in(request, NO_ANSWER)


def back_to_log_in(request: HttpRequest, text: str) -> HttpResponse:
    """Say *text* on the log-in page; that somebody was not logged in is in the audit log."""
    record(LOGIN_FAILED, reason=text)
    messages.error(request, text)
    return redirect(settings.LOGIN_URL)
