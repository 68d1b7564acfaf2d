"""
What every run does, done in the zygote without a run: caches are full and code is specialised before a fork.

No author code, no database, no limits; what is told goes nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from jobyard import Job
from jobyard.events import Event, to_frame
from jobyard.execution import RunContext, execute
from jobyard_server.isolation.confine import system_files
from jobyard_server.isolation.frames import FrameReader, encode


class Nothing(Job):
    """What a run costs that does nothing."""

    def run(self, _data: object, _commit: object) -> None:
        """Do it."""


class _Nowhere:
    """A sink, and transactions of no database."""

    def emit(self, event: Event) -> None:
        FrameReader().feed(encode(to_frame(event)))

    @contextmanager
    def main(self, commit: bool) -> Iterator[None]:  # noqa: ARG002, FBT001  # the protocol's word
        yield

    post_run = main


def rehearse() -> None:
    nowhere = _Nowhere()
    context = RunContext(id="", class_path="local/rehearsal/Nothing", name="Nothing", commit=True)
    execute(Nothing, context, sink=nowhere, database=nowhere)
    connection.get_connection_params()
    system_files()
