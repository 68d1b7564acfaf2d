"""A variable of a job in words, for people who call it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jobyard.spec import VariableSpec

MOST_CHOICES: Final = 12  #: Told one by one.
LONGEST: Final = 200  #: Characters of a default.


@dataclass(frozen=True, kw_only=True)
class VariableFacts:
    """A line of the table."""

    variable: VariableSpec
    default: str  #: As JSON; empty when there is none.
    limits: list[str]


def facts_of(variable: VariableSpec) -> VariableFacts:
    """What the table tells of *variable*; a default that is secret never left the job's file."""
    default = json.dumps(variable.default, ensure_ascii=False) if variable.has_default else ""
    return VariableFacts(variable=variable, default=default[:LONGEST], limits=list(_limits(variable)))


def _limits(variable: VariableSpec) -> Iterator[str]:
    if variable.model:
        yield f"objects: {variable.model}"
    yield from _between("length", variable.min_length, variable.max_length)
    yield from _between("value", variable.min_value, variable.max_value)
    yield from _between("prefix length", variable.min_prefix_length, variable.max_prefix_length)
    if variable.regex:
        yield f"matches {variable.regex}"
    if variable.choices:
        yield _choices(variable.choices)


def _between(what: str, least: Any, most: Any) -> Iterator[str]:
    if least is not None and most is not None:
        yield f"{what} from {least} to {most}"
    elif least is not None:
        yield f"{what} at least {least}"
    elif most is not None:
        yield f"{what} at most {most}"


def _choices(choices: list[Any]) -> str:
    values = [value for choice in choices for value in _values(choice)]
    shown = ", ".join(values[:MOST_CHOICES])
    more = len(values) - MOST_CHOICES
    return f"one of {shown} and {more} more" if more > 0 else f"one of {shown}"


def _values(choice: list[Any]) -> list[str]:
    """Of ``[value, label]``, or of ``[group, [[value, label], …]]``."""
    first, second = choice
    return [str(item[0]) for item in second] if isinstance(second, list) else [str(first)]
