"""The options as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobyard_server.option_values import MASK, is_set, origin_of, shown_value
from jobyard_server.options import OPTIONS, Option

__all__ = ["MASK", "is_set", "option_lines", "set_option_lines", "shown_value"]


def option_lines(values: Mapping[str, Any]) -> Iterator[str]:
    """Every option with its meaning and its value now."""
    for option in OPTIONS:
        yield f"{option.variable} = {shown_value(option, values[option.name])}{_origin(option)}"
        yield f"    {option.help}"
        if option.secret:
            yield f"    Also from a file: {option.variable}_FILE."


def set_option_lines(values: Mapping[str, Any]) -> Iterator[str]:
    """What is configured, and where data and jobs are."""
    for option in OPTIONS:
        if is_set(option) or option.name in {"DATA_DIR", "JOBS_ROOT"}:
            yield f"{option.variable} = {shown_value(option, values[option.name])}{_origin(option)}"


def _origin(option: Option) -> str:
    return "" if origin_of(option) else " (default)"
