"""From the columns of a row, as the database logs them, to the names that people and job files know."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models

Image = dict[str, Any]


def field_values(model: type[models.Model] | None, image: Image | None) -> Image | None:
    """*image* by name of the field: ``site`` instead of ``site_id``."""
    if image is None or model is None:
        return image
    names = field_names(model)
    return {names.get(column, column): value for column, value in image.items()}


@cache
def field_names(model: type[models.Model]) -> dict[str, str]:
    """Column to field, in the order in which the model declares them."""
    return {field.column: field.name for field in model._meta.concrete_fields}


def differences(before: Image | None, after: Image | None) -> dict[str, tuple[Any, Any]]:
    """The keys whose values differ, in order; what one side does not have is None there."""
    was, became = before or {}, after or {}
    names = dict.fromkeys((*became, *was))
    return {name: (was.get(name), became.get(name)) for name in names if was.get(name) != became.get(name)}
