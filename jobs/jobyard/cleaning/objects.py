"""Objects of the inventory, queued by their primary key."""

from __future__ import annotations

from jobyard.cleaning.choices import echoed, to_list
from jobyard.cleaning.context import CleaningContext
from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

NO_SUCH_CHOICE = "Select a valid choice. That choice is not one of the available choices."
NO_MATCH = "No object matches the provided attributes."
_MAX_TEXT = 10_000  #: No field of a model that is worth a search holds more.
_MOST_BITS = 63  #: Largest whole number of a database column.


def clean_object(variable: VariableSpec, value: Json, context: CleaningContext) -> str:
    if isinstance(value, dict):
        _check_filter(value)
    elif not _is_key(value):
        raise InvalidInput(NO_SUCH_CHOICE)
    return context.objects.resolve(variable.model or "", value)


def clean_objects(variable: VariableSpec, value: Json, context: CleaningContext) -> list[str]:
    values = to_list(value)
    for item in values:
        if isinstance(item, dict):
            _check_filter(item)
        elif not _is_key(item):
            raise InvalidInput(f"“{echoed(item)}” is not a valid value.")
    keys = context.objects.resolve_many(variable.model or "", values) if values else []
    return list(dict.fromkeys(keys))


def _is_key(value: Json) -> bool:
    """Tell whether *value* can be a primary key at all, so that no database has to refuse it."""
    if isinstance(value, str):
        return len(value) <= _MAX_TEXT and _is_storable(value)
    return isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _MOST_BITS


def _check_filter(values: dict[str, Json]) -> None:
    """Fields and plain values, nothing nested; which fields there are is the resolver's business."""
    for name, value in values.items():
        if not isinstance(name, str) or not _is_storable(name) or isinstance(value, list | dict | tuple):
            raise InvalidInput(f'Cannot select objects by "{echoed(name)}".')
        if not (value is None or isinstance(value, bool | float) or _is_key(value)):
            raise InvalidInput(NO_MATCH)


def _is_storable(text: str) -> bool:
    """False for text that a database driver would fail on instead of finding nothing."""
    has_surrogate = not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
    return "\x00" not in text and not has_surrogate
