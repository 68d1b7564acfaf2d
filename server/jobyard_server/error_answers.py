"""
What Django answers outside of any view: JSON under ``/api/``, a page elsewhere.

A wrong host, a malformed request, a failure in a middleware: no view of the API sees these.
"""

from __future__ import annotations

from typing import Final

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page

from jobyard_server.access.audit import REFUSED, record

API: Final = "/api/"
BAD_HOST: Final = "This server does not answer to that host name; see JOBYARD_ALLOWED_HOSTS."
BAD_REQUEST: Final = "The request is malformed."
FORBIDDEN: Final = "You do not have permission to perform this action."
NOT_FOUND: Final = "Not found."
CSRF: Final = "CSRF Failed: the cookie or the token is missing or wrong."
SERVER_ERROR: Final = "The server made a mistake while answering this request; its log has the details."


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = BAD_HOST if isinstance(exception, DisallowedHost) else BAD_REQUEST
    return _json(request, 400, text) or defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page refused somebody; the API does its own refusals."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        record(REFUSED, user=user, method=request.method, path=request.path[:400])
    return _json(request, 403, FORBIDDEN) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _json(request, 404, NOT_FOUND) or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return _json(request, 500, SERVER_ERROR) or defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _json(request, 403, CSRF) or csrf_page(request, reason=reason)


def _json(request: HttpRequest, status: int, detail: str) -> JsonResponse | None:
    return JsonResponse({"detail": detail}, status=status) if request.path_info.startswith(API) else None
