"""
Every error as JSON with a sentence, built in one place.

Where the contract gives a body, that body; elsewhere ``{"detail": sentence}`` or messages by field.
What nobody expected is logged here once and answered without inputs or paths.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from jobyard.errors import InputErrors
from jobyard_server.access.errors import AccessError, AccountErrors
from jobyard_server.registry.errors import FilesGone, JobNotFound, RefusedFields, Undecidable
from jobyard_server.runs.errors import AlreadyEnded

RETRY_SECONDS = 5
TOO_LARGE = "The request is too large."
MALFORMED = "The request is malformed or has too many fields."
DOES_NOT_FIT = "A value in the request does not fit its field."
JOBYARD_VERSION = version("jobyard")

logger = logging.getLogger(__name__)


class Refusal(APIException):
    """An answer with this status and body; a plain sentence becomes ``{"detail": sentence}``."""

    def __init__(self, status_code: int, body: Any) -> None:
        super().__init__(body)
        self.status_code = status_code


class DatabaseAway(APIException):
    """The database does not answer."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The database does not answer; try again in a few seconds."
    wait = RETRY_SECONDS  # becomes the header Retry-After


def answer_error(exc: Exception, context: dict[str, Any]) -> Response:
    """The answer to whatever a view raised; used by Django REST framework."""
    known = exc if isinstance(exc, APIException) else _translate(exc)
    if known is None:
        return _unexpected(exc)
    answer = exception_handler(known, context)
    return answer if answer is not None else _unexpected(exc)


def _translate(exc: Exception) -> APIException | None:
    for kind, answer in _ANSWERS.items():
        if isinstance(exc, kind):
            return answer(exc)
    return None


def _unexpected(exc: Exception) -> Response:
    set_rollback()
    logger.error("A request ended with an unexpected error", exc_info=exc, extra={"action": "answer"})
    body = {
        "error": "The server made a mistake while answering this request; its log has the details.",
        "exception": type(exc).__name__,
        "jobyard_version": JOBYARD_VERSION,
        "python_version": platform.python_version(),
    }
    return Response(body, status=status.HTTP_500_INTERNAL_SERVER_ERROR)


# From the special to the general: the first that fits is taken.
_ANSWERS: dict[type[Exception] | tuple[type[Exception], ...], Callable[[Any], APIException]] = {
    (Http404, JobNotFound): lambda _exc: NotFound(),
    DjangoPermissionDenied: lambda exc: PermissionDenied(str(exc) or None),
    InputErrors: lambda exc: Refusal(status.HTTP_400_BAD_REQUEST, {"errors": exc.errors}),
    (RefusedFields, AccountErrors): lambda exc: ValidationError(exc.errors),
    FilesGone: lambda exc: NotFound(str(exc)),
    Undecidable: lambda exc: Refusal(status.HTTP_409_CONFLICT, str(exc)),
    AccessError: lambda exc: Refusal(status.HTTP_400_BAD_REQUEST, str(exc)),
    AlreadyEnded: lambda exc: Refusal(status.HTTP_409_CONFLICT, str(exc)),
    RequestDataTooBig: lambda _exc: Refusal(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, TOO_LARGE),
    SuspiciousOperation: lambda _exc: Refusal(status.HTTP_400_BAD_REQUEST, MALFORMED),
    DataError: lambda _exc: Refusal(status.HTTP_400_BAD_REQUEST, DOES_NOT_FIT),
    (OperationalError, InterfaceError): lambda _exc: DatabaseAway(),
}
