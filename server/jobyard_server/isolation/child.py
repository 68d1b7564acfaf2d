"""A forked child: it is told what to do by frames, does one task, and ends."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from jobyard_server.isolation import hold_task, inspect_task, relaunch, run_task
from jobyard_server.isolation.child_database import use_database
from jobyard_server.isolation.frames import Frame, FrameSocket

TASKS: dict[str, Callable[[Frame, FrameSocket], None]] = {
    "hold": hold_task.hold,
    "inspect": inspect_task.inspect,
    "run": run_task.run,
}


def serve(channel: socket.socket) -> int:
    """Prepare as told, then do the one task; the exit status of this process."""
    return _work(FrameSocket(channel))


def go_on(channel: socket.socket, ahead: bytes) -> int:
    """The same, below a launcher: *ahead* is what the process has read that this one was."""
    return _work(FrameSocket(channel, ahead))


def _work(frames: FrameSocket) -> int:
    _open_console()
    try:
        frame = _next_task(frames)
        if relaunch.is_due(frame):
            relaunch.relaunch(frame, frames)
        TASKS[frame["task"]](frame, frames)
    except EOFError:
        return 0  # never needed: a standby whose owner ended
    finally:
        _flush()
    return 0


def _next_task(frames: FrameSocket) -> Frame:
    """A child that waits for its task may be told the database beforehand, to be connected already."""
    frame = frames.receive()
    while frame["task"] == "prepare":
        use_database(frame["database"], read_only=frame.get("read_only", False))
        frame = frames.receive()
    return frame


def _open_console() -> None:
    """New text files over the descriptors: those of the zygote belong to its own log."""
    sys.stdout, sys.stderr = (_text_file(descriptor) for descriptor in (1, 2))
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s", level=logging.INFO)


def _text_file(descriptor: int) -> TextIO:
    return open(  # a descriptor, open as long as this process
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # author code may have closed or replaced them
            stream.flush()
