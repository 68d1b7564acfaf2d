"""Author values as JSON that PostgreSQL can keep."""

from __future__ import annotations

import math
from typing import Any

from jobyard.log_rows import text_of

_DEEPEST = 100
_MOST_BITS = 13_000  #: A longer integer has no text in Python.


def plain(value: Any, levels: int = _DEEPEST) -> Any:
    """*value* as JSON; what JSON cannot carry becomes its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if levels == 0 and isinstance(value, dict | list | tuple):
        return "…"
    if isinstance(value, dict):
        return {storable(text_of(key)): plain(item, levels - 1) for key, item in list(value.items())}
    if isinstance(value, list | tuple):
        return [plain(item, levels - 1) for item in value]
    return storable(text_of(value))


def _number(value: float) -> Any:
    if isinstance(value, int):
        return int(value) if value.bit_length() < _MOST_BITS else "…"
    return float(value) if math.isfinite(value) else str(value)


def storable(text: str) -> str:
    """*text* without what no database text can hold."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
