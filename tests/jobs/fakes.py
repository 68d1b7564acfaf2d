"""Fakes for what a host provides, and the place of the fixture jobs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobyard.events import Event
from jobyard.execution import RunContext

FIXTURES = Path(__file__).parent / "fixtures"


class FakeDatabase:
    """Remembers how the two transactions ended."""

    def __init__(self) -> None:
        self.ends: dict[str, str] = {}

    @contextmanager
    def main(self, commit) -> Iterator[None]:
        with self._transaction("main", commit):
            yield

    @contextmanager
    def post_run(self, commit) -> Iterator[None]:
        with self._transaction("post_run", commit):
            yield

    @contextmanager
    def _transaction(self, name: str, commit) -> Iterator[None]:
        self.ends[name] = "reverted"
        yield
        self.ends[name] = "committed" if commit else "reverted"


class ListSink:
    """Keeps the events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


def context(**values: Any) -> RunContext:
    """A run of which only *values* matter."""
    known = {"id": "7a1c9c1e-7f0f-4a7e-8f6e-6f7a3d9f0001", "class_path": "local/x/Y", "name": "Y"}
    return RunContext(**{**known, **values})


def write_files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
