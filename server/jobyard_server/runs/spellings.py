"""
The ways in which a secret turns up in texts, and one expression that finds any of them.

Programs print what they were given as it is, in JSON, in addresses and in base64, also in the middle of
something longer: ``user:password`` of an Authorization header.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, takewhile
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 4  #: Shorter values would take honest text away.
SHORTEST_LINE: Final = 12  #: Of a value with several lines, which are printed one by one.
LONGEST: Final = 8192  #: Longer values are looked for as they are, and by their lines.


def texts_in(value: object) -> Iterator[str]:
    """Every text of a JSON value; names of members are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)


def spellings(value: str) -> set[str]:
    """*value* in all the ways that are looked for."""
    found = {value, *_lines_of(value)}
    if len(value) <= LONGEST:
        found |= {*_in_json(value), *_in_addresses(value), *_in_base64(value.encode("utf-8", "replace"))}
    return {text for text in found if len(text) >= SHORTEST}


def any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """
    An expression for the longest of *words* at a place; None for no words.

    Common beginnings are looked at once, so that a thousand words take hardly longer than one.
    """
    listed = sorted(set(words) - {""})
    return re.compile(_alternatives(listed)) if listed else None


def _alternatives(words: list[str]) -> str:
    return "|".join(_branch(list(group)) for _, group in groupby(words, key=lambda word: word[0]))


def _branch(words: list[str]) -> str:
    """All begin with the same letter, and are in order."""
    begin = _common_beginning(words[0], words[-1])
    rests = [word[len(begin) :] for word in words if word != begin]
    if not rests:
        return re.escape(begin)
    return f"{re.escape(begin)}(?:{_alternatives(rests)}){'?' if begin in words else ''}"


def _common_beginning(first: str, last: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)


def _lines_of(value: str) -> Iterator[str]:
    lines = value.splitlines()
    if len(lines) > 1:  # the first and the last line of a key are those of all keys
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-----"))


def _in_json(value: str) -> Iterator[str]:
    for is_ascii in (True, False):
        yield json.dumps(value, ensure_ascii=is_ascii)[1:-1]


def _in_addresses(value: str) -> Iterator[str]:
    text = value.encode("utf-8", "replace")
    for written in (quote(text, safe=""), quote(text), quote_plus(text)):
        yield written
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), written)


def _in_base64(data: bytes) -> Iterator[str]:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode()
        yield whole
        yield whole.rstrip("=")
        for before in range(3):
            yield _inside(data, before, encode)


def _inside(data: bytes, before: int, encode: Callable[[bytes], bytes]) -> str:
    """The letters that *data* decides alone when there are bytes before it (*before*, modulo 3) and after."""
    text = encode(b"\0" * before + data).decode()
    groups, rest = divmod(before + len(data), 3)
    return text[(0, 2, 3)[before] : 4 * groups + rest]
