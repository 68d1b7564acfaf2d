"""The task of a run's child: find the class in its snapshot, execute it, send events."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.auth import get_user_model
from django.utils.functional import SimpleLazyObject

from jobyard.events import Event, to_frame
from jobyard.execution import RunContext, execute
from jobyard.job_classes import find_job_class
from jobyard.loader import PluginLoader, SourceLoader
from jobyard_server.isolation.child_database import RunTransactions, check_connection
from jobyard_server.isolation.frames import Frame, FrameSocket
from jobyard_server.isolation.limits import bound


def run(task: Frame, frames: FrameSocket) -> None:
    """Everything that a run is, in this process; the last frame is its result."""
    sink = FrameSink(frames, task["nonce"])
    _settle(Path(task["scratch"]))
    check_connection()
    bound(memory_bytes=task["memory_bytes"])
    loader = _loader(task).install()
    execute(
        lambda: find_job_class(loader, task["class_path"]),
        _context(task, frames, loader),
        sink=sink,
        database=RunTransactions(task["id"], task["fence"]),
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


def _settle(scratch: Path) -> None:
    """A working folder of its own, which is removed after the run."""
    os.chdir(scratch)
    os.environ.update(HOME=str(scratch), TMPDIR=str(scratch), PWD=str(scratch))
    os.environ.pop("JOBYARD_CHILD", None)
    tempfile.tempdir = None  # or it remembers the one of the zygote


def _loader(task: Frame) -> SourceLoader | PluginLoader:
    if task["source"] == "plugins":
        return PluginLoader(task["module"])
    return SourceLoader(
        root=Path(task["root"]), job_path=task["job_path"], source=task["source"], digest=task["digest"]
    )


def _context(task: Frame, frames: FrameSocket, loader: SourceLoader | PluginLoader) -> RunContext:
    return RunContext(
        id=task["id"],
        class_path=task["class_path"],
        name=task["name"],
        inputs=task["inputs"],
        commit=task["commit"],
        soft_time_limit=task["soft_time_limit"],
        time_limit=task["time_limit"],
        request=task["request"],
        user=SimpleLazyObject(lambda: _user(task["user"])),
        files={name: _open(path) for name, path in task["files"].items()},
        root=loader.root,
        cancelled_by=lambda: str(frames.receive().get("cancelled_by", "")),
    )


def _user(key: str) -> Any:
    """The worker has made sure that the account exists and is active; most jobs never ask for it."""
    return get_user_model().objects.get(pk=key)


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")
