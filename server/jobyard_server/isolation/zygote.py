"""The owner's side of a zygote: start it, have children forked, learn how they ended."""

from __future__ import annotations

import socket
import subprocess
import threading
from pathlib import Path

from django.conf import settings

from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.children import Children
from jobyard_server.isolation.nursery import split_zygote
from jobyard_server.isolation.zygote_process import ZygoteError, await_first_word, launch

__all__ = ["ChildProcess", "Zygote", "ZygoteError"]


class Zygote:
    """One zygote process. Any thread may use it."""

    def __init__(self, log_file: Path | None = None) -> None:
        self.children = Children()
        self.pid: int | None = None  #: Of the newest process.
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None  # unless it was split from the nursery
        self._control: socket.socket | None = None
        self._lock = threading.RLock()

    @property
    def is_alive(self) -> bool:
        with self._lock:
            if self._control is not None and _has_closed(self._control):
                self._lose()
            return self._control is not None

    def start(self, *, anew: bool = False) -> None:
        """
        Start the process, or have it split from the nursery; wait until it can fork.

        Args:
            anew: Load the code that is on the disk now; that of the nursery is older.

        Raises:
            ZygoteError: It did not come up in time.
        """
        with self._lock:
            split = None if anew else split_zygote()
            if split is not None:
                self._control, self.pid = split
            else:
                self._launch()

    def stop(self) -> None:
        """End the process, also one that is still loading. Children go on under their guards."""
        loading = self._process if self._control is None else None
        if loading is not None:
            loading.kill()  # whoever starts it hears of that, and lets the lock go
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
            try:
                return self.children.spawn(self._control)
            except ZygoteError:
                self._lose()
                raise

    def pump(self, seconds: float = 0.0) -> None:
        """Take in news of children; wait for the first one at most *seconds*."""
        self.children.pump(seconds)

    def _launch(self) -> None:
        self._process, owner = launch(settings.JOBYARD, self._log_file)
        try:
            self.pid = await_first_word(owner)
        except ZygoteError:
            owner.close()
            self.stop()
            raise
        self._control = owner

    def _lose(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None


def _has_closed(owner: socket.socket) -> bool:
    """A zygote says nothing after its first word; what can be read is its end."""
    try:
        return owner.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
