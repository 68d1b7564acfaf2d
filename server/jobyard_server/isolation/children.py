"""All children of one owner, and the news of how they end."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from contextlib import suppress

from jobyard_server.isolation import control
from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.zygote_process import ZygoteError


class Children:
    """
    The children of some zygotes, by their guards' sockets. Any thread may use it.

    ``fileno()`` becomes readable when there is news of children; ``pump()`` takes it in.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.RLock()

    def fileno(self) -> int:
        descriptor: int = self._selector.fileno()  # epoll and kqueue have one
        return descriptor

    def spawn(self, owner: socket.socket) -> ChildProcess:
        """
        Have the zygote at the other end of *owner* fork a child. Returns at once.

        Raises:
            ZygoteError: The zygote is gone.
        """
        channel, theirs = socket.socketpair()
        lifeline, guards = socket.socketpair()
        console, output = os.pipe()
        os.set_blocking(console, False)
        channel.settimeout(0)
        lifeline.settimeout(0)
        child = ChildProcess(channel, console, lifeline, pump=self.pump, forget=self._forget)
        try:
            control.send_fork(owner, (guards.fileno(), theirs.fileno(), output))
        except OSError as exc:
            child.close()
            raise ZygoteError("the zygote is gone") from exc
        finally:
            guards.close()
            theirs.close()
            os.close(output)
        with self._lock:
            self._selector.register(lifeline, selectors.EVENT_READ, child)
        return child

    def pump(self, seconds: float = 0.0) -> None:
        """Take in what guards report; wait for the first report at most *seconds*."""
        if seconds and not self._has_news(seconds):  # without the lock: other threads may have work to do
            return
        with self._lock:
            while self._take_in():
                pass

    def _has_news(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno(), selectors.EVENT_READ)
            return bool(selector.select(max(0.0, seconds)))

    def _take_in(self) -> int:
        """How many reports were taken in."""
        events = self._selector.select(0)
        for key, _ in events:
            child: ChildProcess = key.data
            child.hear()
            if child.has_ended:
                self._selector.unregister(key.fileobj)
        return len(events)

    def _forget(self, child: ChildProcess) -> None:
        with self._lock, suppress(KeyError, ValueError):
            self._selector.unregister(child.lifeline)

    def close(self) -> None:
        self._selector.close()
