"""JSON, dates and uploaded files."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime

from jobyard.cleaning.context import CleaningContext
from jobyard.cleaning.text import check_storable
from jobyard.errors import InvalidInput
from jobyard.plain_data import storable
from jobyard.spec import Json, VariableSpec

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DEEPEST = 100  #: Levels of nesting that every JSON library we hand it to can read.
REQUIRED = "This field is required."
_INVALID_JSON = "Enter a valid JSON."


def clean_json(variable: VariableSpec, value: Json, context: CleaningContext) -> Json:
    if context.from_form and isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise InvalidInput(_INVALID_JSON) from None
        if value is None and variable.required:
            raise InvalidInput(REQUIRED)
    _check_json(value, _DEEPEST)
    return value


def _check_json(value: Json, levels: int) -> None:
    """Refuse what PostgreSQL could not keep: endless nesting, no-numbers, null characters."""
    if levels == 0 or (isinstance(value, float) and not math.isfinite(value)):
        raise InvalidInput(_INVALID_JSON)
    if isinstance(value, str):
        check_storable(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidInput(_INVALID_JSON)
            check_storable(key)
            _check_json(item, levels - 1)
    elif isinstance(value, list):
        for item in value:
            _check_json(item, levels - 1)
    elif value is not None and not isinstance(value, bool | int | float):
        raise InvalidInput(_INVALID_JSON)


def clean_date(_variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    text = value.strip() if isinstance(value, str) else ""
    refused = InvalidInput("Enter a valid date.")
    if _DATE.match(text) is None:  # the parser also takes other forms, such as week numbers
        raise refused
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise refused from None


def clean_datetime(_variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.astimezone()  # the process runs in the server's time zone
        moment.timestamp()  # out of range near the first and the last year
    except (ValueError, AttributeError, TypeError, OverflowError, OSError):
        raise InvalidInput("Enter a valid date/time.") from None
    return moment.isoformat()


def clean_file(variable: VariableSpec, value: Json, context: CleaningContext) -> Json:
    file = context.files.get(variable.name)
    if file is None:
        raise InvalidInput("A file must be uploaded as multipart/form-data.")
    if file.size == 0:
        raise InvalidInput("The submitted file is empty.")
    limit = context.file_max_bytes
    if limit is not None and file.size > limit:
        raise InvalidInput(f"The file is too large ({file.size} bytes; the limit is {limit} bytes).")
    del value  # what JSON says of a file is never believed
    if storable(file.name) != file.name:
        raise InvalidInput("The name of the file is no text in UTF-8.")
    name = file.name.replace("\\", "/").rpartition("/")[2]
    return {"name": name, "size": file.size, "content_type": storable(file.content_type)}
