"""What all endpoints share: the permission each one declares, and rows restricted by it."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.audit import REFUSED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.conditional import as_one_step, require_match, tagged
from jobyard_server.api.links import Links
from jobyard_server.api.narrowing import narrow
from jobyard_server.api.timing import observe
from jobyard_server.api.versions import SUPPORTED

NOT_THERE = "There is no such row among those with which you may do this."
ACTIONS = {
    "GET": "view",
    "HEAD": "view",
    "POST": "add",
    "PUT": "change",
    "PATCH": "change",
    "DELETE": "delete",
}


class ApiView(GenericAPIView[Any]):
    """
    An endpoint about rows of one model.

    Subclasses say which model it is and, where a method does not mean what it usually means, which action it
    needs. ``get_queryset()`` holds only rows with which the caller may do that action.
    """

    model: type[Model] | None = None
    decides_itself: ClassVar[bool] = False  #: Without a model: for anybody who is logged in, or row by row.
    actions: ClassVar[Mapping[str, str]] = {}  #: Method to action, where it differs from ACTIONS.
    knows_brief: ClassVar[bool] = False  #: It answers ``?brief=`` itself.
    refusals: ClassVar[Mapping[str, str]] = {}  #: Action to the text of its 403.

    @property
    def user(self) -> User:
        return cast(User, self.request.user)  # check_permissions refused anonymous callers

    @cached_property
    def links(self) -> Links:
        return Links(self.request)

    def action_of(self, request: Request) -> str:
        method = request.method or "GET"
        return self.actions.get(method) or ACTIONS.get(method, "view")

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.model is None or not hasattr(self, str(request.method).lower()):
            return  # a method that does not exist is answered with 405, whoever asks
        action = self.action_of(request)
        if not may(cast(User, request.user), action, self.model):
            raise PermissionDenied(self.refusals.get(action))

    def handle_exception(self, exc: Exception) -> Response:
        user = getattr(self.request, "_user", None)  # not .user: that would log in again
        if isinstance(exc, PermissionDenied | DjangoPermissionDenied) and getattr(user, "pk", None):
            record(REFUSED, user=user, method=self.request.method, path=self.request.path[:400])
        return super().handle_exception(exc)

    def get_queryset(self) -> QuerySet[Any]:
        return restrict(super().get_queryset(), self.user, self.action_of(self.request))

    def chosen(self, keys: Collection[Any]) -> list[Any]:
        """
        The rows with these *keys*, in their order.

        Raises:
            ValidationError: One is not there, or the caller may not do this with it.
        """
        found = {row.pk: row for row in self.get_queryset().filter(pk__in=keys)}
        if len(found) != len(keys):
            raise ValidationError({"id": [NOT_THERE]})
        return [found[key] for key in keys]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_match(self, request, kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.perf_counter()
        with as_one_step(request) as step:
            answer = step(super().dispatch(request, *args, **kwargs))
        answer = tagged(request, answer)
        observe(type(self).__name__, request.method, answer.status_code, time.perf_counter() - began)
        return answer

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        _announce_length(request)
        return super().initialize_request(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        try:
            narrow(request, response, knows_brief=self.knows_brief)
        except ValidationError as exc:
            response = self.handle_exception(exc)
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["API-Version"] = getattr(request, "version", None) or SUPPORTED[-1]
        answer["Cache-Control"] = "no-store"
        return answer


def _announce_length(request: HttpRequest) -> None:
    """A body that is sent in chunks has no length; without one it would be taken for no body at all."""
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        request.META["CONTENT_LENGTH"] = str(len(request.body))
