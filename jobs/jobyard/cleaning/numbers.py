"""Whole numbers, decimals and flags."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from jobyard.cleaning.context import CleaningContext
from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,4000}(\.0*)?\s*\Z")
_DECIMAL = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,6})?\s*\Z")
_MOST_DIGITS = 4000  #: A longer integer cannot be written as text again.
_MOST_BITS = 13_000  #: About that many digits.
_FLAGS = {"true": True, "1": True, "on": True, "yes": True}
_FLAGS |= {"false": False, "0": False, "off": False, "no": False}


def clean_integer(variable: VariableSpec, value: Json, _context: CleaningContext) -> int:
    number = _to_integer(value)
    _check_range(variable, Decimal(number))
    return number


def _to_integer(value: Json) -> int:
    refused = InvalidInput("Enter a whole number.")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refused
    if isinstance(value, int):
        if value.bit_length() > _MOST_BITS:
            raise refused
        return int(value)
    text = str(value)
    if _INTEGER.match(text) is None:
        raise refused
    return int(text.partition(".")[0])


def clean_decimal(variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    number = _to_decimal(value)
    _check_range(variable, number)
    _check_digits(variable, number)
    return str(number)


def _to_decimal(value: Json) -> Decimal:
    refused = InvalidInput("Enter a number.")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise refused
    try:
        text = str(value).strip()
        if len(text) <= _MOST_DIGITS and _DECIMAL.match(text) is not None:
            return Decimal(text)
    except (ValueError, InvalidOperation):
        pass  # an integer without a text
    raise refused


def _check_range(variable: VariableSpec, number: Decimal) -> None:
    messages = []
    if variable.min_value is not None and number < Decimal(variable.min_value):
        messages.append(f"Ensure this value is greater than or equal to {variable.min_value}.")
    if variable.max_value is not None and number > Decimal(variable.max_value):
        messages.append(f"Ensure this value is less than or equal to {variable.max_value}.")
    if messages:
        raise InvalidInput(*messages)


def _check_digits(variable: VariableSpec, number: Decimal) -> None:
    digits, places = _count_digits(number)
    if variable.max_digits is not None and digits > variable.max_digits:
        raise InvalidInput(f"Ensure that there are no more than {variable.max_digits} digits in total.")
    if variable.decimal_places is not None and places > variable.decimal_places:
        raise InvalidInput(f"Ensure that there are no more than {variable.decimal_places} decimal places.")


def _count_digits(number: Decimal) -> tuple[int, int]:
    """Digits in total and behind the point, when written without an exponent."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  # the pattern admits no infinity
    if exponent >= 0:
        return (len(digits) + exponent if digits != (0,) else 1), 0
    return max(len(digits), -exponent), -exponent


def clean_boolean(_variable: VariableSpec, value: Json, _context: CleaningContext) -> bool:
    if isinstance(value, bool | int) and value in (0, 1):
        return bool(value)
    flag = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
    if flag is None:
        raise InvalidInput("Must be a valid boolean.")
    return flag
