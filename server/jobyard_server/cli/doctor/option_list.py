"""The options as text; secrets are masked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from jobyard_server.options import OPTIONS, Option

MASK = "********"


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


def is_set(option: Option) -> bool:
    return option.variable in os.environ or (option.secret and f"{option.variable}_FILE" in os.environ)


def shown_value(option: Option, value: Any) -> str:
    if value is None:
        return "(not set)"
    if option.secret:
        return MASK
    if isinstance(value, list):
        return ",".join(value) or "(none)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _origin(option: Option) -> str:
    return "" if is_set(option) else " (default)"
