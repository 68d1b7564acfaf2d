"""
Filter sets, as some job files take them: ``DeviceFilterSet({"site": ["ams01"]}, Device.objects.all()).qs``.

The names and values are those of REST lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

SUFFIX = "FilterSet"


class FilterSet:
    """The part of some rows for which filters hold."""

    model: ClassVar[type[Model]]

    def __init__(self, data: Mapping[str, Any] | None = None, queryset: Any = None, **_more: Any) -> None:
        self.data = data or {}
        self.queryset = self.model._default_manager.all() if queryset is None else queryset

    @cached_property
    def qs(self) -> QuerySet[Any]:
        """The rows; none of them when a filter is wrong."""
        found = self._filtered()
        return found if isinstance(found, QuerySet) else self.queryset.none()

    @property
    def errors(self) -> dict[str, Any]:
        """Messages by name of the filter."""
        found = self._filtered()
        return {} if isinstance(found, QuerySet) else found

    def is_valid(self) -> bool:
        return not self.errors

    def _filtered(self) -> Any:
        # Only files that use filter sets pay for loading the framework of the API.
        from rest_framework.exceptions import ValidationError  # noqa: PLC0415

        from jobyard_server.api.inventory.filters import filtered  # noqa: PLC0415

        try:
            return filtered(self.queryset, {name: _texts(value) for name, value in self.data.items()})
        except ValidationError as exc:
            return exc.detail


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return [str(getattr(item, "pk", item)) for item in values]


@cache
def filter_set(app_label: str, name: str) -> type[FilterSet]:
    """
    The class *name*, ``DeviceFilterSet``.

    Raises:
        AttributeError: The app has no such model.
    """
    try:
        model = apps.get_model(app_label, name.removesuffix(SUFFIX))
    except LookupError:
        raise AttributeError(f"There are no filters {name} for {app_label}.") from None
    return type(name, (FilterSet,), {"model": model})
