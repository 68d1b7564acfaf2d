"""The task of a run's child: find the class in its snapshot, execute it, send events."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.auth import get_user_model
from django.db import Error
from django.utils.functional import SimpleLazyObject

from jobyard.events import Event, to_frame
from jobyard.execution import RunContext, execute, initialization_failure
from jobyard.job import BaseJob
from jobyard.job_classes import find_job_class
from jobyard.loader import PluginLoader, SourceLoader
from jobyard.lock_naming import name_locks
from jobyard.output_files import OutputLimits
from jobyard_server.changes.acting import act_as_run
from jobyard_server.isolation.child_database import RunTransactions, check_connection, use_database
from jobyard_server.isolation.confine import NotConfined, confine, settle
from jobyard_server.isolation.frames import Frame, FrameSocket
from jobyard_server.isolation.loaders import loader_of
from jobyard_server.isolation.reseed import reseed


def run(task: Frame, frames: FrameSocket) -> None:
    """Everything that a run is, in this process; the last frame is its result."""
    sink = FrameSink(frames, task["nonce"])
    scratch = Path(task["scratch"])
    try:
        settle(scratch)
        _connect(task)
        act_as_run(task["id"], task["change_key"])
        confine(task["containment"], root=_root(task), scratch=scratch)
    except (NotConfined, OSError, Error) as exc:
        initialization_failure(str(exc), sink)
        return
    reseed()
    loader = loader_of(task).install()
    context = _context(task, frames, loader)

    def find() -> type[BaseJob]:
        return find_job_class(loader, task["class_path"])

    if task["names_locks"]:
        name_locks(find, context, sink)
    else:
        execute(find, context, sink=sink, database=_transactions(task, sink))


def _connect(task: Frame) -> None:
    """With the connection that it waited with, or for the first time in a fresh interpreter."""
    if "database" in task:
        use_database(task["database"])
    else:
        check_connection()


def _transactions(task: Frame, sink: FrameSink) -> RunTransactions:
    return RunTransactions(
        task["id"],
        task["fence"],
        task["change_key"],
        tell=sink.emit,
        approved_plan=task["approved_plan"],
    )


class FrameSink:
    """Sends events as frames."""

    def __init__(self, frames: FrameSocket, nonce: str) -> None:
        self._frames = frames
        self._nonce = nonce
        self._lock = threading.Lock()  # author code may log from threads of its own

    def emit(self, event: Event) -> None:
        frame = {**to_frame(event), "nonce": self._nonce}
        with self._lock:
            self._frames.send(frame)


def _root(task: Frame) -> Path | None:
    """The code of the source; that of a plugin is installed and may be read anyway."""
    return Path(task["root"]) if "root" in task else None


def _context(task: Frame, frames: FrameSocket, loader: SourceLoader | PluginLoader) -> RunContext:
    return RunContext(
        id=task["id"],
        class_path=task["class_path"],
        name=task["name"],
        inputs=task["inputs"],
        commit=task["commit"],
        is_profiled=task["is_profiled"],
        soft_time_limit=task["soft_time_limit"],
        time_limit=task["time_limit"],
        request=task["request"],
        user=SimpleLazyObject(lambda: _user(task["user"])),
        files={name: _open(path) for name, path in task["files"].items()},
        root=loader.root,
        output_limits=OutputLimits(**task["output_limits"]),
        cancelled_by=lambda: str(frames.receive().get("cancelled_by", "")),
    )


def _user(key: str) -> Any:
    """The worker has made sure that the account exists and is active; most jobs never ask for it."""
    return get_user_model().objects.get(pk=key)


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")
