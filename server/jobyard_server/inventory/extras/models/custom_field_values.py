"""Which values a custom field takes, by its type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from jobyard.cleaning.pattern import matches

Check = Callable[[Any, Any, set[str]], str]  #: Field, value, allowed values; the sentence, or "".


def check(field: Any, value: Any, allowed: set[str]) -> None:
    """
    Check *value* against the type and the limits of *field*.

    Raises:
        ValidationError: It does not fit.
    """
    complaint = _CHECKS[field.type](field, value, allowed)
    if complaint:
        raise ValidationError({f"cf_{field.name}": complaint})


def _text(field: Any, value: Any, _allowed: set[str]) -> str:
    if not isinstance(value, str):
        return "Value must be a string."
    if field.validation_regex and not matches(field.validation_regex, value):
        return f"Value must match regex '{field.validation_regex}'."
    return ""


def _integer(field: Any, value: Any, _allowed: set[str]) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "Value must be an integer."
    if field.validation_minimum is not None and value < field.validation_minimum:
        return f"Value must be at least {field.validation_minimum}."
    if field.validation_maximum is not None and value > field.validation_maximum:
        return f"Value must not exceed {field.validation_maximum}."
    return ""


def _boolean(_field: Any, value: Any, _allowed: set[str]) -> str:
    return "" if value in (True, False, 1, 0) else "Value must be true or false."


def _date(_field: Any, value: Any, _allowed: set[str]) -> str:
    try:
        dt.date.fromisoformat(str(value))
    except ValueError:
        return "Date values must be in the format YYYY-MM-DD."
    return ""


def _url(_field: Any, value: Any, _allowed: set[str]) -> str:
    return "" if isinstance(value, str) and "://" in value else "Value must be a URL."


def _select(_field: Any, value: Any, allowed: set[str]) -> str:
    if value in allowed:
        return ""
    return f"Invalid choice ({value}). Available choices are: {', '.join(sorted(allowed))}"


def _multiselect(field: Any, value: Any, allowed: set[str]) -> str:
    if not isinstance(value, list):
        return "Value must be a list of choices."
    complaints = [_select(field, item, allowed) for item in value]
    return next((complaint for complaint in complaints if complaint), "")


def _json(_field: Any, _value: Any, _allowed: set[str]) -> str:
    return ""


_CHECKS: dict[str, Check] = {
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "url": _url,
    "select": _select,
    "multi-select": _multiselect,
    "json": _json,
}
