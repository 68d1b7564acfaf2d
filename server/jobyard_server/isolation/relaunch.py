"""
A child of tier 2 becomes a fresh interpreter below its launcher, and goes on there with the same channel.

It keeps its process id, its guard and its console; what it was told goes with it in a file in memory.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NoReturn

from jobyard.interrupts import CANCEL_SIGNAL, SOFT_LIMIT_SIGNAL
from jobyard_server.isolation.bubblewrap import walls
from jobyard_server.isolation.confine import given_paths, system_files
from jobyard_server.isolation.environment import interpreter
from jobyard_server.isolation.frames import MAX_TASK_BYTES, Frame, FrameSocket, encode

#: In which the kernel counts what the run uses, all of its processes together.
SCOPE = ("--scope", "--quiet", "--collect")


def is_due(task: Frame) -> bool:
    return bool(task["containment"].get("program"))


def relaunch(task: Frame, frames: FrameSocket) -> NoReturn:
    """
    Execute the launcher; never comes back.

    Raises:
        OSError: It could not be executed.
    """
    told = os.memfd_create("task")
    _write(told, encode(_inner(task), MAX_TASK_BYTES) + frames.unread())
    channel = frames.socket.fileno()
    for descriptor in (told, channel):
        os.set_inheritable(descriptor, True)  # noqa: FBT003  # its own signature
    for number in (CANCEL_SIGNAL, SOFT_LIMIT_SIGNAL):
        signal.signal(number, signal.SIG_IGN)  # until somebody is there to handle them
    program = [*interpreter("jobyard_server.isolation.launched"), str(channel), str(told)]
    command = [task["containment"]["program"], *_arguments(task), "--", *program]
    os.execv(command[0], command)  # noqa: S606  # that is what a launcher is for


def _inner(task: Frame) -> Frame:
    """The same, without another launcher."""
    return {**task, "containment": {**task["containment"], "program": ""}}


def _write(descriptor: int, data: bytes) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)


def _arguments(task: Frame) -> list[str]:
    ordered = task["containment"]
    if ordered["launcher"] != "bwrap":
        return _limits(ordered)
    root = [Path(task["root"])] if "root" in task else []
    read = [*system_files(), *given_paths(ordered["read"]), *root, *_sockets(task)]
    return walls(read=read, write=[*given_paths(ordered["write"]), Path(task["scratch"])])


def _sockets(task: Frame) -> list[Path]:
    """The folder of the database's socket, where it has one."""
    host = str((task.get("database") or {}).get("HOST", ""))
    return [Path(host)] if host.startswith("/") else []


def _limits(ordered: Frame) -> list[str]:
    limits = ordered["limits"]
    return [
        *([] if os.geteuid() == 0 else ["--user"]),
        *SCOPE,
        f"--property=MemoryMax={limits['memory_bytes']}",
        f"--property=TasksMax={limits['processes']}",
    ]
