"""The rows that object variables speak of, found by key or by the fields of the model."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import ForeignObjectRel, Model, QuerySet

from jobyard.cleaning.objects import NO_SUCH_CHOICE
from jobyard.errors import InvalidInput
from jobyard_server.inventory.base import InventoryModel

NO_MATCH = "No object matches the provided attributes."
SEVERAL_MATCH = "Multiple objects match the provided attributes."
_COMPARISONS = ("exact", "iexact")


def model_of(label: str) -> type[Model]:
    """
    The model class of ``dcim.site``.

    Raises:
        LookupError: There is no such model.
    """
    return apps.get_model(label)


class ModelResolver:
    """Finds objects at request time; the right to view them is not asked for, as upstream."""

    def resolve(self, model: str, value: Any) -> str:
        if isinstance(value, dict):
            return _key_by_fields(_rows(model), value)
        found = _existing(_rows(model), [value], NO_SUCH_CHOICE)
        if not found:
            raise InvalidInput(NO_SUCH_CHOICE)
        return found[0]

    def resolve_many(self, model: str, values: list[Any]) -> list[str]:
        rows = _rows(model)
        plain = [value for value in values if not isinstance(value, dict)]
        for value in plain:
            _check_key(rows, value)
        known = set(_existing(rows, plain, NO_SUCH_CHOICE))
        return [_key_of(rows, value, known) for value in values]


def _rows(label: str) -> QuerySet[Any]:
    try:
        model = model_of(label)
    except (LookupError, ValueError):
        raise InvalidInput(f"There are no objects of the type {label} here.") from None
    return model._default_manager.all()  # Django's documented name


def _key_of(rows: QuerySet[Any], value: Any, known: set[str]) -> str:
    if isinstance(value, dict):
        return _key_by_fields(rows, value)
    key = str(rows.model._meta.pk.to_python(value))
    if key not in known:
        raise InvalidInput(f"Select a valid choice. {value} is not one of the available choices.")
    return key


def _check_key(rows: QuerySet[Any], value: Any) -> None:
    try:
        rows.model._meta.pk.to_python(value)
    except (ValidationError, TypeError, ValueError, OverflowError):
        raise InvalidInput(f"“{value}” is not a valid value.") from None


def _existing(rows: QuerySet[Any], values: list[Any], message: str) -> list[str]:
    try:
        return [str(key) for key in rows.filter(pk__in=values).values_list("pk", flat=True)]
    except (ValidationError, TypeError, ValueError, OverflowError):
        raise InvalidInput(message) from None


def _key_by_fields(rows: QuerySet[Any], filters: dict[str, Any]) -> str:
    for key, value in filters.items():
        if not is_comparable(rows.model, key) or isinstance(value, dict | list):
            raise InvalidInput(f'Cannot select objects by "{str(key)[:100]}".')
    try:
        found = list(rows.filter(**filters).values_list("pk", flat=True)[:2])
    except (ValidationError, TypeError, ValueError, OverflowError):
        raise InvalidInput(NO_MATCH) from None
    if len(found) != 1 or not filters:
        raise InvalidInput(SEVERAL_MATCH if found else NO_MATCH)
    return str(found[0])


def _holds_secrets(model: type[Model]) -> bool:
    """Comparing would tell, letter by letter, what nobody may read."""
    return (model._meta.model_name or "").startswith("secret")


def is_comparable(model: type[Model], key: object) -> bool:
    """Tell whether *key* is a concrete field, perhaps through relations, of models that hold no secrets."""
    if not isinstance(key, str) or not issubclass(model, InventoryModel) or _holds_secrets(model):
        return False
    name, _, rest = key.partition("__")
    try:
        field = model._meta.get_field("id" if name == "pk" else name)
    except FieldDoesNotExist:
        return False
    if isinstance(field, ForeignObjectRel) or field.many_to_many:
        return False
    if rest in ("", *_COMPARISONS):
        return True
    related = field.related_model
    return isinstance(related, type) and is_comparable(related, rest)
