"""Which code a zygote was loaded from: what an upgrade on disk changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import django

import jobyard
import jobyard_server

Stamp = tuple[tuple[str, int, int], ...]

#: Of the packages that a zygote preloads; an installer writes all files of a package anew.
PLACES = tuple(str(module.__file__) for module in (jobyard, jobyard_server, django))


def code_stamp() -> Stamp:
    """Differs after jobyard, Django or the interpreter was installed anew."""
    return tuple(_facts((sys.executable, *PLACES)))


def _facts(places: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for place in places:
        with suppress(OSError):  # just being replaced; the next look finds it
            found = Path(place).stat()
            yield place, found.st_ino, found.st_mtime_ns
