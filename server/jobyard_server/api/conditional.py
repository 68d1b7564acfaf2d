"""
Conditional requests: ``ETag`` and ``If-None-Match`` on reads, ``If-Match`` on writes.

The tag is made of the answer itself, so it changes exactly when what the caller sees does. A write with
``If-Match`` locks the row, compares and changes it in one transaction: nobody's change is lost in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

Step = Callable[[HttpResponseBase], HttpResponseBase]
CHANGED: Final = "This object was changed since you read it; read it again and repeat your change."


class NoMatch(APIException):
    """What the caller saw is not what there is now."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = CHANGED


def tagged(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """*answer* to a read with its tag, or 304 when the caller has it already."""
    if request.method not in ("GET", "HEAD") or answer.status_code != status.HTTP_200_OK:
        return answer
    if not isinstance(answer, Response):
        return answer  # a stream or a file
    answer.render()
    tag = tag_of(answer.content)
    answer["ETag"] = tag
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return answer
    return get_conditional_response(request, etag=tag, response=answer) or answer


def tag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def require_match(view: Any, request: Request, route: Mapping[str, Any]) -> None:
    """
    Go on only if the object is still what the caller saw, as ``If-Match`` says.

    Raises:
        NoMatch: It is not.
    """
    if not _is_conditional_write(request._request) or "pk" not in route or not hasattr(view, "get"):  # noqa: SLF001  # Django's own
        return
    wanted = parse_etags(request.headers["If-Match"])
    view.model._default_manager.select_for_update().filter(pk=route["pk"]).order_by().first()
    shown = JSONRenderer().render(view.get(request, **route).data)
    if "*" not in wanted and tag_of(shown) not in wanted:
        raise NoMatch


@contextmanager
def as_one_step(request: HttpRequest) -> Iterator[Step]:
    """One transaction around a conditional write, undone when it is refused; nothing around others."""
    is_write = _is_conditional_write(request)

    def step(answer: HttpResponseBase) -> HttpResponseBase:
        if is_write and answer.status_code >= status.HTTP_400_BAD_REQUEST:
            transaction.set_rollback(True)
        return answer

    with transaction.atomic() if is_write else nullcontext():
        yield step


def _is_conditional_write(request: HttpRequest) -> bool:
    return request.method not in SAFE_METHODS and "HTTP_IF_MATCH" in request.META
