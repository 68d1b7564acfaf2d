"""The table of kinds: which function cleans, and what "no value" looks like."""

from __future__ import annotations

from collections.abc import Callable

from jobyard.cleaning.addresses import clean_address, clean_address_with_mask, clean_network
from jobyard.cleaning.choices import clean_choice, clean_choices
from jobyard.cleaning.context import CleaningContext
from jobyard.cleaning.numbers import clean_boolean, clean_decimal, clean_integer
from jobyard.cleaning.objects import clean_object, clean_objects
from jobyard.cleaning.structures import REQUIRED, clean_date, clean_datetime, clean_file, clean_json
from jobyard.cleaning.text import clean_text
from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

Cleaner = Callable[[VariableSpec, Json, CleaningContext], Json]

CLEANERS: dict[str, Cleaner] = {
    "StringVar": clean_text,
    "TextVar": clean_text,
    "IntegerVar": clean_integer,
    "DecimalVar": clean_decimal,
    "BooleanVar": clean_boolean,
    "ChoiceVar": clean_choice,
    "MultiChoiceVar": clean_choices,
    "ObjectVar": clean_object,
    "MultiObjectVar": clean_objects,
    "FileVar": clean_file,
    "IPAddressVar": clean_address,
    "IPAddressWithMaskVar": clean_address_with_mask,
    "IPNetworkVar": clean_network,
    "JSONVar": clean_json,
    "DateVar": clean_date,
    "DateTimeVar": clean_datetime,
}
EMPTY_VALUES: dict[str, Callable[[], Json]] = {
    "StringVar": str,
    "TextVar": str,
    "ChoiceVar": str,
    "BooleanVar": bool,
    "MultiChoiceVar": list,
    "MultiObjectVar": list,
}
_TEXTS = ("StringVar", "TextVar")
_LISTS = ("MultiChoiceVar", "MultiObjectVar")


def empty_value(kind: str) -> Json:
    """What is queued for a variable without value: ``""``, ``False``, ``[]`` or None."""
    make = EMPTY_VALUES.get(kind)
    return None if make is None else make()


def is_empty(variable: VariableSpec, value: Json) -> bool:
    """Tell whether *value* stands for "no value"."""
    if value is None or (isinstance(value, str) and not value):
        return True
    if variable.kind in _TEXTS:
        return isinstance(value, str) and not value.strip()
    if variable.kind in _LISTS:
        return isinstance(value, list | tuple) and not value
    return variable.kind == "ObjectVar" and variable.null_option is not None and value == "null"


def clean_value(variable: VariableSpec, value: Json, context: CleaningContext) -> Json:
    """
    Check one submitted *value* and bring it into the queued form of its kind.

    Raises:
        InvalidInput: With the messages of the field.
    """
    if variable.kind == "FileVar" and variable.name in context.files:
        return clean_file(variable, value, context)
    if is_empty(variable, value):
        if variable.required and variable.kind != "BooleanVar":
            raise InvalidInput(REQUIRED)
        return empty_value(variable.kind)
    return CLEANERS[variable.kind](variable, value, context)
