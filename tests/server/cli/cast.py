"""Jobs, signs of life and a worker that plays a part, for the tests of commands."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from typer import Typer
from typer.testing import CliRunner, Result

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS
from jobyard.spec import JobSpec
from jobyard_server.cli.application import DebugOption, make_application
from jobyard_server.cli.commands import add_commands
from jobyard_server.registry.models import LOCAL, Job, Module, Revision, Source, describe_job
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.runs.models import Component, JobLogEntry, JobResult

Row = tuple[str, str, str | None, str]  # group, level, object, message


def call(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(_application(), list(arguments), input=stdin)


@cache
def _application() -> Typer:
    app = make_application("test")

    @app.callback()
    def options(debug: DebugOption = False) -> None:
        pass

    add_commands(app)
    return app


def make_job(**attributes: Any) -> Job:
    """An installed job ``local/example/Probe``; *attributes* are those of its spec."""
    values = {"module": "example", "class_name": "Probe", "name": "Probe", "grouping": "Examples"}
    spec = JobSpec(**{**values, "has_run": True, "has_sensitive_variables": False, **attributes})
    source, _ = Source.objects.get_or_create(key=LOCAL, defaults={"kind": LOCAL})
    revision = Revision.objects.create(
        source=source, identifier=secrets.token_hex(32), snapshot_digest=secrets.token_hex(32)
    )
    module, _ = Module.objects.get_or_create(
        source=source,
        name=spec.module,
        defaults={"path": f"{spec.module}.py", "grouping": spec.grouping, "revision": revision},
    )
    return Job.objects.create(
        module=module,
        source=LOCAL,
        module_name=spec.module,
        job_class_name=spec.class_name,
        slug=f"local-{spec.module}-{spec.class_name.lower()}",
        **describe_job(spec),
    )


def sign_of_life(kind: str, *, queues: list[str] | None = None) -> Component:
    return Component.objects.create(
        kind=kind,
        hostname=socket.gethostname(),
        pid=os.getpid(),
        pid_space="elsewhere",  # nobody reaps it
        queues=queues or [],
        slots=1,
        heartbeat_at=timezone.now(),
    )


class FakeEngine:
    """In place of a broker: what it is given is ended at once, as told before by calling it."""

    def __init__(self) -> None:
        self.sent: list[tuple[UUID, str]] = []
        self._part: tuple[str, tuple[Row, ...], str] | None = None

    def __call__(self, status: str, *rows: Row, output: str = "") -> None:
        self._part = (status, rows, output)

    def send(self, run_id: UUID, queue: str) -> None:
        self.sent.append((run_id, queue))
        if self._part:
            status, rows, output = self._part
            end_result(run_id, status, rows, output)


def end_result(result_id: UUID, status: str, rows: tuple[Row, ...] = (), output: str = "") -> None:
    """What a worker or the daemon leaves behind."""
    counters: dict[str, dict[str, Any]] = {}
    for number, (group, level, about, message) in enumerate(rows):
        JobLogEntry.objects.create(
            job_result_id=result_id,
            sequence=number,
            created=timezone.now(),
            grouping=group,
            log_level=level,
            log_object=about,
            message=message,
        )
        counted = counters.setdefault(group, {"grouping": group, **dict.fromkeys(COUNTED_LEVELS, 0)})
        if level in COUNTED_LEVELS:
            counted[level] += 1
    JobResult.objects.filter(pk=result_id, status__in=statuses.ACTIVE).update(
        status=status, completed=timezone.now(), output=output, counters=list(counters.values())
    )


class FakeDaemon:
    """In place of the sync daemon: ends the next request for a sync like this."""

    def __init__(self, status: str, rows: tuple[Row, ...] = ()) -> None:
        self._thread = threading.Thread(target=self._work, args=(status, rows))
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def _work(self, status: str, rows: tuple[Row, ...]) -> None:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end:
                waiting = waiting_requests().first()
                if waiting:
                    end_result(waiting.pk, status, rows)
                    return
                time.sleep(0.01)
        finally:
            connection.close()
