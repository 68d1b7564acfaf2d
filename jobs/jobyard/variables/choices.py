"""Values out of a list that the author gives, or computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from jobyard.spec import Json
from jobyard.variables.base import ScriptVariable

MAX_CHOICES = 500  #: A form with more of them helps nobody; the rest is left out, with a warning.
_PAIR = 2


class ChoiceVar(ScriptVariable):
    """One value of a list; ``choices`` are ``(value, label)`` pairs, or ``(group, pairs)``."""

    kind = "ChoiceVar"

    def __init__(self, choices: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field_attrs["choices"] = choices

    def own_options(self) -> dict[str, Any]:
        choices = self.field_attrs["choices"]
        if isinstance(choices, type) and hasattr(choices, "choices"):
            choices = choices.choices  # a class of Django's Choices
        found = choices() if callable(choices) else choices
        if isinstance(found, Mapping):
            found = found.items()
        return {"choices": [_entry(item) for item in islice(found, MAX_CHOICES + 1)]}

    def to_queued(self, value: Any) -> Json:
        return None if value is None else str(value)


class MultiChoiceVar(ChoiceVar):
    """Several values of a list."""

    kind = "MultiChoiceVar"

    def to_queued(self, value: Any) -> Json:
        return [str(item) for item in value] if isinstance(value, list | tuple | set) else value


def _entry(item: Any) -> Json:
    if not isinstance(item, list | tuple) or len(item) < _PAIR:
        raise TypeError(f"choices must be (value, label) pairs, not {item!r}")
    first, second = item[:_PAIR]  # some platforms add a colour
    if isinstance(second, Iterable) and not isinstance(second, str):
        return [str(first), [_entry(pair) for pair in islice(second, MAX_CHOICES)]]
    return [_value(first), str(second)]


def _value(value: Any) -> str:
    return "" if value is None else str(value)
