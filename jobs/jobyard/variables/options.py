"""Options of variables, checked where the author wrote them, so that the error names the line."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s", re.VERBOSE: "x", re.ASCII: "a"}


def whole_number(name: str, value: Any) -> int | None:
    """
    A length, or None.

    Raises:
        TypeError: *value* is no whole number, nor text of one.
    """
    if value is None:
        return None
    number = decimal_text(name, value)
    if number is None or Decimal(number) != int(Decimal(number)):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    return int(Decimal(number))


def bound(name: str, value: Any) -> int | str | None:
    """A limit for a number: whole numbers stay, others become text, so that no precision is lost."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return decimal_text(name, value)


def decimal_text(name: str, value: Any) -> str | None:
    """
    A limit for a decimal number as text, or None.

    Raises:
        TypeError: *value* is no number, nor text of one.
    """
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise TypeError(f"{name} must be a number, not {value!r}")
    return str(number)


def pattern(value: Any) -> str | None:
    """
    The text of a regular expression, given as text or compiled; empty means none.

    Raises:
        TypeError: *value* is no text.
        ValueError: It is no regular expression.
    """
    if not value:
        return None
    text = getattr(value, "pattern", value)
    if not isinstance(text, str):
        raise TypeError(f"regex must be text, not {value!r}")
    letters = "".join(letter for flag, letter in _FLAGS.items() if getattr(value, "flags", 0) & flag)
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as exc:
        raise ValueError(f"regex is no regular expression: {exc}") from None
    return f"(?{letters}){text}" if letters else text
