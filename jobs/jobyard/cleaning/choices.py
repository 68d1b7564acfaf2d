"""Values out of a list. Everything is compared as text, as a form would send it."""

from __future__ import annotations

from collections.abc import Iterator

from jobyard.cleaning.context import CleaningContext
from jobyard.errors import InvalidInput
from jobyard.plain_data import storable
from jobyard.spec import Json, VariableSpec

_MAX_ECHO = 200


def choice_values(choices: list[Json] | None) -> Iterator[str]:
    """The values of flat and grouped choices, in order."""
    for first, second in choices or []:
        if isinstance(second, list | tuple):
            yield from (str(value) for value, _ in second)
        else:
            yield str(first)


def clean_choice(variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    return _chosen(set(choice_values(variable.choices)), value)


def clean_choices(variable: VariableSpec, value: Json, _context: CleaningContext) -> list[str]:
    allowed = set(choice_values(variable.choices))
    return [_chosen(allowed, item) for item in to_list(value)]


def to_list(value: Json) -> list[Json]:
    if not isinstance(value, list | tuple):
        raise InvalidInput("Enter a list of values.")
    return list(value)


def as_text(value: Json) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):  # huge integers, deep nesting
        return "?"


def echoed(value: Json) -> str:
    """*value* as it may be repeated in a message: short, and text that every JSON library can write."""
    text = storable(as_text(value))
    return text if len(text) <= _MAX_ECHO else f"{text[:_MAX_ECHO]}…"


def _chosen(allowed: set[str], value: Json) -> str:
    text = as_text(value)
    if text not in allowed:
        raise InvalidInput(f"Select a valid choice. {echoed(value)} is not one of the available choices.")
    return text
