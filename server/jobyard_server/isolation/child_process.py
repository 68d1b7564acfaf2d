"""One forked child as its owner sees it: frames, console output, a guard, an end."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from jobyard_server.isolation import control
from jobyard_server.isolation.control import Message
from jobyard_server.isolation.frames import MAX_TASK_BYTES, Frame, FrameReader, encode

_READ_BYTES = 256 * 1024
_LOOK_AGAIN_SECONDS = 0.05  #: Another thread may have taken in the news that this one waits for.


class ChildProcess:
    """
    A channel of frames, a stream of console output, and a guard that obeys and reports.

    Args:
        channel: Our end of the frames.
        console: Descriptor to read what the child prints; non-blocking.
        lifeline: Our end of the guard's socket; when it closes, nothing of the child is left alive.
        pump: Takes in what guards report, and waits for it at most so many seconds.
        forget: Called before the descriptors are given back.
    """

    def __init__(
        self,
        channel: socket.socket,
        console: int,
        lifeline: socket.socket,
        *,
        pump: Callable[[float], None],
        forget: Callable[[ChildProcess], None],
    ) -> None:
        self.channel = channel
        self.console = console
        self.lifeline = lifeline
        self.pid: int | None = None  #: None until it is known.
        self.exit_status: int | None = None  #: None while it lives; negative: the signal that ended it.
        self.could_not_fork = False
        self._pump = pump
        self._forget = forget
        self._reader = FrameReader()

    @property
    def has_ended(self) -> bool:
        return self.exit_status is not None

    def fileno(self) -> int:
        return self.channel.fileno()

    def send(self, frame: Frame) -> None:
        """
        Send one frame; blocks while the child does not read.

        Raises:
            OSError: The child is gone.
            ProtocolError: The frame is longer than a child takes.
        """
        self.channel.settimeout(None)
        try:
            self.channel.sendall(encode(frame, MAX_TASK_BYTES))
        finally:
            self.channel.settimeout(0)

    def receive(self) -> list[Frame]:
        """
        The frames that have arrived; an empty list when there are none yet.

        Raises:
            EOFError: The child has closed its end, or is gone.
            ProtocolError: It sent something that is no frame.
        """
        try:
            data = self.channel.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError("the child has closed its end")
        return self._reader.feed(data)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the child a signal; SIGKILL ends all that it started, too."""
        self._tell(Message(control.SIGNAL, int(number)))

    def lease(self, seconds: float) -> None:
        """Its guard ends everything after *seconds*, unless this is called again."""
        self._tell(Message(control.LEASE, max(0, int(seconds * 1000))))

    def let_finish(self) -> None:
        """When the child ends, what it has forked may go on; for a child that is a zygote itself."""
        self._tell(Message(control.LET_FINISH))

    def is_launcher(self) -> None:
        """Signals are for what the child starts, which comes to stand below it."""
        self._tell(Message(control.INNER))

    def wait(self, seconds: float) -> int | None:
        """Wait for the end of the child, at most *seconds*; its exit status, or None if it still lives."""
        deadline = time.monotonic() + seconds
        while not self.has_ended and time.monotonic() < deadline:
            self._pump(min(_LOOK_AGAIN_SECONDS, deadline - time.monotonic()))
        return self.exit_status

    def hear(self) -> None:
        """Take in what the guard says. Without a word of its end it was killed, and the child with it."""
        try:
            message, _ = control.receive(self.lifeline)
        except BlockingIOError:
            return
        except (EOFError, OSError):
            self.exit_status = -signal.SIGKILL if self.exit_status is None else self.exit_status
            return
        if message.word == control.STARTED:
            self.pid = message.number
        elif message.word == control.FAILED:
            self.could_not_fork, self.exit_status = True, os.EX_OSERR
        elif message.word == control.ENDED:
            self.exit_status = message.number

    def close(self) -> None:
        """Give the descriptors back; what still lives of the child is ended by its guard."""
        self._forget(self)
        self.channel.close()
        self.lifeline.close()
        if self.console >= 0:
            os.close(self.console)
            self.console = -1

    def _tell(self, message: Message) -> None:
        if not self.has_ended:
            with suppress(OSError):  # the guard is gone; the next look will say so
                self.lifeline.sendall(message.pack())
