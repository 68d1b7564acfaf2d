"""A worker's loop in the process of the test, with a real zygote, over jobs that are really published."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from jobyard import compat
from jobyard.discovery import find_modules
from jobyard.inspection import describe_module
from jobyard.loader import SourceLoader
from jobyard_repos.folder import take_folder
from jobyard_repos.snapshot import SnapshotStore, TreeLimits
from jobyard_server.isolation.names import MODELS
from jobyard_server.isolation.zygote import Zygote
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Job
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.registry.sources import local_source
from jobyard_server.runs.components import announce
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import RunRequest, submit
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.loop import WorkerLoop
from jobyard_server.worker.zygotes import Zygotes

DEADLINE_SECONDS = 30


class Service:
    """What a test does with the worker: publish, submit, let the loop turn."""

    def __init__(self, folder: Path, user: Any, loop: WorkerLoop, inbox: Inbox) -> None:
        self.folder = folder
        self.user = user
        self.loop = loop
        self.inbox = inbox

    def publish(self, **modules: str) -> None:
        """Put modules into JOBS_ROOT and into service."""
        for name, text in modules.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(text))
        store = SnapshotStore(Path(settings.DATA_DIR) / "snapshots")
        snapshot = take_folder(self.folder, store, TreeLimits())
        loader = SourceLoader(root=snapshot.path, job_path="", source="local", digest=snapshot.digest)
        compat.provide(MODELS)
        with loader:
            reports = [describe_module(loader, module) for module in find_modules(snapshot.path, "")]
        lease = take_lease(local_source())
        assert lease is not None
        facts = RevisionFacts(identifier=snapshot.digest, snapshot_digest=snapshot.digest)
        publish(lease, facts, reports)
        lease.release()

    def job(self, module: str, name: str) -> Job:
        related = ("module__source", "module__revision")
        return Job.objects.select_related(*related).get(module_name=module, job_class_name=name)

    def submit(self, module: str, name: str, data: object = None, **asked: Any) -> JobResult:
        return submit(RunRequest(job=self.job(module, name), user=self.user, data=data, **asked))

    def run(self, module: str, name: str, data: object = None, **asked: Any) -> JobResult:
        """Submit, and let the loop turn until the run has ended."""
        return self.finish(self.submit(module, name, data, **asked))

    def finish(self, result: JobResult) -> JobResult:
        self.turn_until(lambda: self.read(result).is_terminal)
        self.turn_until(lambda: not self.loop.runs)
        return self.read(result)

    def turn_until(self, reached: Callable[[], bool]) -> None:
        self.inbox.wake_up()
        end = time.monotonic() + DEADLINE_SECONDS
        while not reached():
            assert time.monotonic() < end, "the worker did not get there in time"
            self.loop.turn()

    def read(self, result: JobResult) -> JobResult:
        return JobResult.objects.get(pk=result.pk)

    def rows(self, result: JobResult) -> list[tuple[str, str, str]]:
        return list(result.logs.order_by("sequence").values_list("grouping", "log_level", "message"))


@contextmanager
def running_service(folder: Path, zygote: Zygote) -> Iterator[Service]:
    user = get_user_model().objects.create_superuser("alice", "alice@example.com", "x")
    inbox, zygotes = Inbox(), Zygotes(zygote)
    folder.mkdir()
    with announce("worker", ["default"], 4) as me:
        zygotes.start()
        loop = WorkerLoop(me.pk, ["default"], 4, inbox, zygotes)
        yield Service(folder, user, loop, inbox)
        for run in loop.runs:
            run.lose()
            run.close()
        zygotes.rest()
        loop.close()
        inbox.close()
    connection.close()
