"""
Filters of lists: an allow list per resource, and no parameter that is silently ignored.

The only module that speaks to django-filter, which has no types.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django_filters import rest_framework as library  # type: ignore[import-untyped]  # it ships no types
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

NOT_FILTERS = frozenset(
    [
        "api_version",
        "brief",
        "data_layout",
        "depth",
        "exclude_m2m",
        "fields",
        "format",
        "include",
        "limit",
        "offset",
        "ordering",
        "sort",
    ]
)


class StrictFilters(library.DjangoFilterBackend):  # type: ignore[misc]  # see the import
    """Refuses what is no filter: a misspelled one must not mean "everything"."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        known = self.get_filterset_class(view, queryset)
        if known is None:
            return queryset
        refuse_unknown(request.query_params, known)
        rows: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return rows


def refuse_unknown(asked: Iterable[str], known: Any, *more: str) -> None:
    """*more* are parameters besides the filters of *known* and those that all lists have."""
    unknown = sorted(set(asked) - set(known.base_filters) - NOT_FILTERS - set(more))
    if unknown:
        raise ValidationError({name: ["Unknown filter field"] for name in unknown})


class _ListField(forms.Field):
    widget = forms.SelectMultiple

    def __init__(self, *, item: forms.Field, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item

    def clean(self, value: Any) -> list[Any]:
        return [self.item.clean(each) for each in value or ()]


class AnyOf(library.Filter):  # type: ignore[misc]  # see the import
    """Rows whose field has one of the values given: ``?name=a&name=b``."""

    field_class = _ListField

    def __init__(self, item: forms.Field, field_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, item=item, **kwargs)

    def filter(self, qs: QuerySet[Any], value: list[Any]) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class Filters(library.FilterSet):  # type: ignore[misc]  # see the import
    """
    What all lists have: ``?id=`` for one or more rows, ``?q=`` for text that people look for.

    A subclass names the columns that ``?q=`` looks into.
    """

    searched: tuple[str, ...] = ("name",)

    id = AnyOf(forms.UUIDField())
    q = library.CharFilter(method="search")

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        condition = Q()
        for column in self.searched:
            condition |= Q(**{f"{column}__icontains": value})
        return rows.filter(condition)


def any_text(column: str | None = None) -> AnyOf:
    return AnyOf(forms.CharField(required=False, strip=False), column)


def any_id(column: str | None = None) -> AnyOf:
    return AnyOf(forms.UUIDField(), column)


def any_choice(choices: dict[str, str], column: str | None = None) -> AnyOf:
    return AnyOf(forms.ChoiceField(choices=list(choices.items())), column)


def flag(column: str | None = None, lookup: str = "exact") -> Any:
    return library.BooleanFilter(column, lookup)


def moment(column: str, lookup: str = "exact") -> Any:
    return library.IsoDateTimeFilter(column, lookup)


def by_method(name: str) -> Any:
    """One value, handed to the method *name* of the filters."""
    return library.CharFilter(method=name)


def meta(rows: type[Model]) -> type:
    """The inner class that says which rows are filtered; no filter comes from the model by itself."""
    return type("Meta", (), {"model": rows, "fields": []})
