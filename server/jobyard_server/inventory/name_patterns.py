"""``utilities.forms.utils``: names by pattern, ``Eth[1-3,5]`` and ``port-[a-c]``."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["ALPHANUMERIC_EXPANSION_PATTERN", "expand_alphanumeric_pattern"]

ALPHANUMERIC_EXPANSION_PATTERN = r"\[((?:[a-zA-Z0-9]+[?:,-])+[a-zA-Z0-9]+)\]"


def expand_alphanumeric_pattern(string: str) -> Iterator[str]:
    """
    Yield every name that *string* stands for.

    Raises:
        ValueError: A range mixes letters and digits, or runs backwards.
    """
    found = re.search(ALPHANUMERIC_EXPANSION_PATTERN, string)
    if found is None:
        yield string
        return
    head, tail = string[: found.start()], string[found.end() :]
    for value in _values(found.group(1)):
        for rest in expand_alphanumeric_pattern(tail):
            yield f"{head}{value}{rest}"


def _values(pattern: str) -> Iterator[str]:
    for part in pattern.split(","):
        first, dash, last = part.partition("-")
        yield from _range(first, last) if dash else [part]


def _range(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit() and int(first) <= int(last):
        return [str(number) for number in range(int(first), int(last) + 1)]
    if len(first) == len(last) == 1 and first <= last and first.isalpha() and last.isalpha():
        return [chr(code) for code in range(ord(first), ord(last) + 1)]
    raise ValueError(f'Range "{first}-{last}" is invalid.')
