"""
The OpenAPI description of answers, made from the same typed dictionaries that the answers are.

mypy checks the functions that build an answer against its dictionary, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type, build_basic_type, build_object_type, resolve_type_hint
from drf_spectacular.types import OpenApiTypes

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


class Description(AutoSchema):
    """Knows lists by their filters, because answers are no serializers that would tell."""

    def get_operation_id(self) -> str:
        found = str(super().get_operation_id())
        if self._is_about_many():
            return found.replace("_retrieve", "_list").replace("_destroy", "_bulk_destroy")
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

    def create_view(self, callback: Any, method: str, request: HttpRequest | None = None) -> Any:
        view = super().create_view(callback, method, request)  # type: ignore[no-untyped-call]  # it ships none
        view.versioning_class = None
        return view


def published_endpoints(endpoints: Sequence[Endpoint], **_kwargs: Any) -> list[Endpoint]:
    """All endpoints but the one that answers 404 and the aliases."""
    return [endpoint for endpoint in endpoints if not any(part in endpoint[1] for part in HIDDEN)]
