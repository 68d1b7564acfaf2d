"""Text, and what PostgreSQL cannot store in it."""

from __future__ import annotations

from jobyard.cleaning.context import CleaningContext
from jobyard.cleaning.pattern import matches
from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

NOT_A_STRING = "Not a valid string."
NO_TEXT = "Null characters and bytes that are no UTF-8 are not allowed."


def to_text(value: Json) -> str:
    """*value* as stripped text: numbers and booleans are written out, lists and objects refused."""
    if not isinstance(value, str | int | float):
        raise InvalidInput(NOT_A_STRING)
    try:
        text = str(value).strip()
    except ValueError:  # an integer of more than 4300 digits
        raise InvalidInput(NOT_A_STRING) from None
    check_storable(text)
    return text


def check_storable(text: str) -> None:
    """Refuse what no database text can hold, so that it never becomes a server error."""
    if "\x00" in text:
        raise InvalidInput(NO_TEXT)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput(NOT_A_STRING)


def clean_text(variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    text = to_text(value)
    messages = [*_length_messages(variable, len(text)), *_pattern_messages(variable, text)]
    if text and messages:
        raise InvalidInput(*messages)
    return text


def _length_messages(variable: VariableSpec, length: int) -> list[str]:
    messages = []
    if variable.min_length is not None and length < variable.min_length:
        messages.append(_length_message("least", variable.min_length, length))
    if variable.max_length is not None and length > variable.max_length:
        messages.append(_length_message("most", variable.max_length, length))
    return messages


def _length_message(bound: str, limit: int, length: int) -> str:
    noun = "character" if limit == 1 else "characters"
    return f"Ensure this value has at {bound} {limit} {noun} (it has {length})."


def _pattern_messages(variable: VariableSpec, text: str) -> list[str]:
    if variable.regex is None or matches(variable.regex, text):
        return []
    return [f"Invalid value. Must match regex: {variable.regex}"]
