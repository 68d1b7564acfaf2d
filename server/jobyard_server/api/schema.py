"""
The OpenAPI description of answers, made from the same typed dictionaries that the answers are.

mypy checks the functions that build an answer against its dictionary, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type, build_basic_type, build_object_type, resolve_type_hint
from drf_spectacular.types import OpenApiTypes

from jobyard_server.access.models import User
from jobyard_server.api.job_schemas import with_jobs

Schema = dict[str, Any]
Endpoint = tuple[str, str, str, Any]  #: Path, pattern, method, view.

HIDDEN = (
    "(?P<rest>",
    "(?P<source>git)",
)  #: In patterns of addresses that do not exist, or are another's alias.


def shape(answer: Any) -> Schema:
    """The schema of a typed dictionary, or of a list or union of such."""
    found: Schema = resolve_type_hint(answer)  # type: ignore[no-untyped-call]  # it ships no types for it
    return found


def page_of(answer: Any) -> Schema:
    """A page of a list of such rows."""
    link = {**_basic(OpenApiTypes.URI), "nullable": True}
    properties = {
        "count": _basic(OpenApiTypes.INT),
        "next": link,
        "previous": link,
        "results": build_array_type(shape(answer)),
    }
    found: Schema = build_object_type(properties=properties, required=list(properties))
    return found


def _basic(kind: OpenApiTypes) -> Schema:
    return build_basic_type(kind) or {}


ID_LIST: Schema = build_array_type(
    build_object_type(properties={"id": _basic(OpenApiTypes.UUID)}, required=["id"]), min_length=1
)  #: Body of a call that names several rows.


class Description(AutoSchema):
    """Knows lists by their filters, because answers are no serializers that would tell."""

    def get_operation_id(self) -> str:
        found = str(super().get_operation_id())
        if self._is_about_many():
            found = found.replace("_retrieve", "_list").replace("_destroy", "_bulk_destroy")
            if self.method in ("PUT", "PATCH"):
                found = found.replace("_partial_update", "_bulk_partial").replace("_update", "_bulk_update")
        return found

    def get_filter_backends(self) -> list[Any]:
        return list(getattr(self.view, "filter_backends", ())) if self._is_list() else []

    def _get_pagination_parameters(self) -> list[Schema]:
        paginator = getattr(self.view, "paginator", None) if self._is_list() else None
        return list(paginator.get_schema_operation_parameters(self.view)) if paginator else []

    def _is_list(self) -> bool:
        return self.method == "GET" and self._is_about_many()

    def _is_about_many(self) -> bool:
        return hasattr(self.view, "filterset_class") and "{" not in self.path


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers by a metaclass hook
    """How to call with a token."""

    target_class = "jobyard_server.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:  # noqa: ARG002  # fixed signature
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`, the key being 40 hex digits.",
        }


class Generator(SchemaGenerator):
    """Describes the API as it is without a version; a version changes layouts, not addresses."""

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:  # noqa: ARG002, FBT001, FBT002  # its own
        """The description for the caller of *request*; without one, what is the same for everybody."""
        general = _general()
        user = getattr(request, "user", None)
        return with_jobs(general, user) if isinstance(user, User) else general

    def general(self) -> Schema:
        found: Schema = super().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # it ships none
        return found

    def create_view(self, callback: Any, method: str, request: HttpRequest | None = None) -> Any:
        view = super().create_view(callback, method, request)  # type: ignore[no-untyped-call]  # it ships none
        view.versioning_class = None
        return view


@cache
def _general() -> Schema:
    """Takes seconds, and changes with the code only."""
    found: Schema = _with_null(Generator().general())  # type: ignore[no-untyped-call]  # it ships none
    return found


def _with_null(found: Any) -> Any:
    """Version 3.1 knows no ``nullable``: there null is a type like others."""
    if isinstance(found, list):
        return [_with_null(item) for item in found]
    if not isinstance(found, dict):
        return found
    rest = {name: _with_null(item) for name, item in found.items()}
    if rest.get("nullable") is not True:
        return rest  # a property may be called so
    del rest["nullable"]
    kind = rest.get("type")
    if isinstance(kind, str):
        return {**rest, "type": [kind, "null"]}
    return rest if kind else {"oneOf": [rest, {"type": "null"}]}


def published_endpoints(endpoints: Sequence[Endpoint], **_kwargs: Any) -> list[Endpoint]:
    """All endpoints but the one that answers 404 and the aliases."""
    return [endpoint for endpoint in endpoints if not any(part in endpoint[1] for part in HIDDEN)]
