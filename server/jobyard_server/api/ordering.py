"""``?ordering=name,-created``: only by what a list allows, never by a column that is not shown."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

PARAMETERS: Final = ("ordering", "sort")  #: The second one is what clients of later versions say.


class Ordering(BaseFilterBackend):
    """Views name their columns in ``ordering_fields``."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        asked = [name for name in PARAMETERS if name in request.query_params]
        if not asked:
            return queryset
        allowed: tuple[str, ...] = getattr(view, "ordering_fields", ())
        wanted = [text.strip() for text in request.query_params[asked[0]].split(",") if text.strip()]
        if unknown := [text for text in wanted if text.removeprefix("-") not in allowed]:
            known = ", ".join(allowed) or "nothing"
            raise ValidationError({asked[0]: [f"“{unknown[0][:100]}” is no order here; use {known}."]})
        return queryset.order_by(*wanted, "pk") if wanted else queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        allowed: tuple[str, ...] = getattr(view, "ordering_fields", ())
        if not allowed:
            return []
        described = (
            f"Columns separated by commas, “-” before one for the other way round: {', '.join(allowed)}."
        )
        return [{"name": "ordering", "in": "query", "schema": {"type": "string"}, "description": described}]
