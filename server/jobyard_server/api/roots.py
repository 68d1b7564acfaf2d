"""What is at the top of the API, and what is at no address of it at all."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.errors import Refusal
from jobyard_server.api.views import ApiView

NEEDS_SLASH = "Not found. Addresses of this API end with a slash."


class ApiRoot(ApiView):
    """The addresses that lists are at; *endpoints* are relative to the root of the API."""

    decides_itself = True
    endpoints: tuple[str, ...] = ()

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        """Say what there is."""
        root = self.links.root
        return Response({name.rpartition("/")[2]: f"{root}{name}/" for name in self.endpoints})


class NotFound(ApiView):
    """Whatever is asked for at an address that does not exist."""

    decides_itself = True
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        if _exists_with_slash(request.path_info, rest):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{request.path}/{'?' if query else ''}{query}")
        raise Http404

    def post(self, request: Request, rest: str) -> Any:
        """A redirect would lose the body, so the way out is told instead."""
        if _exists_with_slash(request.path_info, rest):
            raise Refusal(404, NEEDS_SLASH)
        raise Http404

    put = patch = delete = post


def _exists_with_slash(path: str, rest: str) -> bool:
    if not rest or rest.endswith("/"):
        return False
    try:
        found = resolve(f"{path}/")
    except Resolver404:
        return False
    return getattr(found.func, "cls", None) is not NotFound
