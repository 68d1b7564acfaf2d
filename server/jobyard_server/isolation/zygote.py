"""The owner's side of a zygote: start it, have children forked, learn how they ended."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from django.conf import settings

from jobyard_server.isolation import control
from jobyard_server.isolation.control import Message
from jobyard_server.isolation.frames import Frame, FrameReader, encode
from jobyard_server.isolation.nursery import split_zygote
from jobyard_server.isolation.zygote_process import ZygoteError, await_first_word, launch

__all__ = ["ChildProcess", "Zygote", "ZygoteError"]

_READ_BYTES = 256 * 1024
_LOOK_AGAIN_SECONDS = 0.05  #: Another thread may have taken in the news that this one waits for.


class ChildProcess:
    """One forked child: a channel of frames, a stream of console output, and an end."""

    def __init__(self, zygote: Zygote, number: int, channel: socket.socket, console: int) -> None:
        self.number = number
        self.channel = channel
        self.console = console  #: Descriptor to read what the child prints; non-blocking.
        self.pid: int | None = None  #: None until the zygote has forked it.
        self.exit_status: int | None = None  #: None while it lives; negative: the signal that ended it.
        self._zygote = zygote
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
        """
        self.channel.settimeout(None)
        try:
            self.channel.sendall(encode(frame))
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
        """Have the zygote send a signal; it knows whether the process is still that child."""
        if not self.has_ended:
            self._zygote.signal_child(self.number, number)

    def wait(self, seconds: float) -> int | None:
        """Wait for the end of the child, at most *seconds*; its exit status, or None if it still lives."""
        deadline = time.monotonic() + seconds
        while not self.has_ended and time.monotonic() < deadline:
            self._zygote.pump(min(_LOOK_AGAIN_SECONDS, deadline - time.monotonic()))
        return self.exit_status

    def close(self) -> None:
        """Give the descriptors back; the child, if it lives, sees the end of its channel."""
        self.channel.close()
        if self.console >= 0:
            os.close(self.console)
            self.console = -1


class Zygote:
    """
    One zygote process. Any thread may use it.

    ``fileno()`` becomes readable when there is news of children; ``pump()`` takes it in.
    """

    def __init__(self, log_file: Path | None = None) -> None:
        self._log_file = log_file
        self.pid: int | None = None  #: Of the newest process.
        self._process: subprocess.Popen[bytes] | None = None  # unless it was split from the nursery
        self._control: socket.socket | None = None
        self._children: dict[int, ChildProcess] = {}
        self._last_number = 0
        self._lock = threading.RLock()

    @property
    def is_alive(self) -> bool:
        return self._control is not None

    def fileno(self) -> int:
        return -1 if self._control is None else self._control.fileno()

    def start(self) -> None:
        """
        Start the process, or have it split from the nursery; wait until it can fork.

        Raises:
            ZygoteError: It did not come up in time.
        """
        with self._lock:
            split = split_zygote()
            if split is not None:
                self._control, self.pid = split
            else:
                self._launch()

    def stop(self) -> None:
        """End the process; its children end with it."""
        with self._lock:
            self._lose()
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None

    def spawn(self) -> ChildProcess:
        """
        Have a child forked. Returns at once; ``pid`` is known after the next ``pump()``.

        Raises:
            ZygoteError: The zygote is gone.
        """
        with self._lock:
            if self._control is None:
                raise ZygoteError("the zygote is gone")
            self._last_number += 1
            return self._spawn(self._control, self._last_number)

    def pump(self, seconds: float = 0.0) -> None:
        """Take in news of children; wait for the first one at most *seconds*."""
        if seconds and not self._has_news(seconds):  # without the lock: other threads may have work to do
            return
        with self._lock:
            while self._control is not None and self._has_news(0):
                self._take_in(self._control)

    def signal_child(self, number: int, signum: int) -> None:
        with self._lock:
            if self._control is not None:
                self._tell(self._control, Message(control.KILL, number, int(signum)))

    def _launch(self) -> None:
        self._process, owner = launch(settings.JOBYARD, self._log_file)
        try:
            self.pid = await_first_word(owner)
        except ZygoteError:
            owner.close()
            self.stop()
            raise
        self._control = owner

    def _spawn(self, owner: socket.socket, number: int) -> ChildProcess:
        ours, theirs = socket.socketpair()
        console, output = os.pipe()
        os.set_blocking(console, False)
        ours.settimeout(0)
        child = ChildProcess(self, number, ours, console)
        try:
            control.send_fork(owner, number, (theirs.fileno(), output))
        except OSError as exc:
            child.close()
            self._lose()
            raise ZygoteError("the zygote is gone") from exc
        finally:
            theirs.close()
            os.close(output)
        self._children[number] = child
        return child

    def _has_news(self, seconds: float) -> bool:
        poll = select.poll()  # not select(): descriptors may lie beyond its limit
        poll.register(self.fileno(), select.POLLIN)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    def _take_in(self, owner: socket.socket) -> None:
        try:
            message, _ = control.receive(owner)
        except (EOFError, ConnectionError):
            self._lose()
            return
        child = self._children.get(message.child)
        if child is None:
            return
        if message.word == control.FORKED:
            child.pid = message.number
        else:  # it has ended, or could not be forked
            child.exit_status = message.number if message.word == control.ENDED else os.EX_OSERR
            del self._children[message.child]

    def _tell(self, owner: socket.socket, message: Message) -> None:
        try:
            owner.sendall(message.pack())
        except OSError:
            self._lose()

    def _lose(self) -> None:
        """The zygote is gone, and its children with it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        for child in self._children.values():
            child.exit_status = -signal.SIGKILL
        self._children.clear()
