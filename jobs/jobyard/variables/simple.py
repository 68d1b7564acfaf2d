"""Text, numbers, flags, files, JSON and dates."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jobyard.files import UploadedFile
from jobyard.spec import Json
from jobyard.variables.base import RunValues, ScriptVariable
from jobyard.variables.options import bound, decimal_text, pattern, whole_number


class StringVar(ScriptVariable):
    """A line of text, stripped."""

    kind = "StringVar"
    spec_options = ("min_length", "max_length", "regex")

    def __init__(
        self,
        min_length: int | None = None,
        max_length: int | None = None,
        regex: str | re.Pattern[str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.set_options(
            min_length=whole_number("min_length", min_length),
            max_length=whole_number("max_length", max_length),
            regex=pattern(regex),
        )

    def to_queued(self, value: Any) -> Json:
        return None if value is None else str(value)


class TextVar(ScriptVariable):
    """Text of any length, always entered in a text area."""

    kind = "TextVar"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field_attrs.pop("widget", None)

    def to_queued(self, value: Any) -> Json:
        return None if value is None else str(value)


class IntegerVar(ScriptVariable):
    """A whole number."""

    kind = "IntegerVar"
    spec_options = ("min_value", "max_value")

    def __init__(
        self, min_value: int | None = None, max_value: int | None = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.set_options(min_value=bound("min_value", min_value), max_value=bound("max_value", max_value))


class BooleanVar(ScriptVariable):
    """A flag; never required, because an unticked box says False."""

    kind = "BooleanVar"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field_attrs["required"] = False


class DryRunVar(BooleanVar):
    """The flag of 2.x jobs that asks for a run without changes."""

    description = "Check this box to run without making any changes."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"description": self.description, **kwargs})


class FileVar(ScriptVariable):
    """An uploaded file, there for the time of the run only."""

    kind = "FileVar"

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        if value is None or name not in run.files:
            return None
        return UploadedFile(run.files[name], value)


class JSONVar(ScriptVariable):
    """Any JSON value."""

    kind = "JSONVar"


class DecimalVar(ScriptVariable):
    """A number without loss of precision (``decimal.Decimal``)."""

    kind = "DecimalVar"
    spec_options = ("min_value", "max_value", "max_digits", "decimal_places")

    def __init__(
        self,
        min_value: Decimal | int | None = None,
        max_value: Decimal | int | None = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.set_options(
            min_value=decimal_text("min_value", min_value),
            max_value=decimal_text("max_value", max_value),
            max_digits=whole_number("max_digits", max_digits),
            decimal_places=whole_number("decimal_places", decimal_places),
        )

    def to_queued(self, value: Any) -> Json:
        return str(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        del name, run
        return None if value is None else Decimal(value)


class DateVar(ScriptVariable):
    """A day (``datetime.date``)."""

    kind = "DateVar"

    def to_queued(self, value: Any) -> Json:
        if isinstance(value, datetime):
            value = value.date()
        return value.isoformat() if isinstance(value, date) else value

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        del name, run
        return None if value is None else date.fromisoformat(value)


class DateTimeVar(ScriptVariable):
    """A moment with its time zone (``datetime.datetime``)."""

    kind = "DateTimeVar"

    def to_queued(self, value: Any) -> Json:
        return value.isoformat() if isinstance(value, datetime | date) else value

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        del name, run
        return None if value is None else datetime.fromisoformat(value)
