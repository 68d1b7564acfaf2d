"""
A zygote: a single-threaded process with Django and the data models loaded, which forks children on request.

It imports no author code, opens no database connection and holds no secret. It ends when its owner's
end of the control socket closes, by whatever death; its children end with it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from jobyard_server.isolation import control
from jobyard_server.isolation.control import Message

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


class ZygoteLoop:
    """Forks, reaps and reports until the owner is gone."""

    def __init__(self, owner: socket.socket) -> None:
        self._owner = owner
        self._children: dict[int, int] = {}  # process id -> number that the owner gave
        self._wake, wake_write = os.pipe()
        for descriptor in (self._wake, wake_write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._wake_write = wake_write
        self._libc = _libc()

    def run(self) -> None:
        while True:
            ready, _, _ = select.select([self._owner.fileno(), self._wake], [], [])
            if self._wake in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
                self._reap()
            if self._owner.fileno() in ready:
                self._obey(*control.receive(self._owner))

    def _obey(self, message: Message, descriptors: list[int]) -> None:
        if message.word == control.FORK and len(descriptors) == 2:  # noqa: PLR2004  # socket and output
            self._fork(message.child, descriptors[0], descriptors[1])
        elif message.word == control.SPLIT and descriptors:
            self._split(socket.socket(fileno=descriptors[0]))
        elif message.word == control.KILL:
            self._kill(message.child, message.number)

    def _fork(self, number: int, channel: int, output: int) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as exc:
            self._tell(Message(control.FAILED, number, exc.errno or 0))
            pid = -1
        if pid == 0:
            self._become_child(parent, channel, output)
        os.close(channel)
        os.close(output)
        if pid > 0:
            self._children[pid] = number
            self._tell(Message(control.FORKED, number, pid))

    def _split(self, owner: socket.socket) -> None:
        """Another zygote, for another owner; nothing is loaded twice, and most memory is shared."""
        if os.fork():
            owner.close()
            return
        for descriptor in (self._owner.fileno(), self._wake, self._wake_write):
            os.close(descriptor)
        serve_owner(owner)

    def _become_child(self, parent: int, channel: int, output: int) -> None:
        """Never returns: what happens in the child stays in the child."""
        code = 1
        try:
            if self._libc is not None:
                self._libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
            self._let_go(output)
            from jobyard_server.isolation.child import serve  # noqa: PLC0415  # loaded before the first fork

            code = serve(socket.socket(fileno=channel))
        except BaseException:  # noqa: BLE001  # nothing may get back into the loop of the zygote
            traceback.print_exc()  # becomes console text of the run
        finally:
            os._exit(code)

    def _let_go(self, output: int) -> None:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in (self._owner.fileno(), self._wake, self._wake_write):
            os.close(descriptor)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)

    def _kill(self, number: int, signum: int) -> None:
        for pid, known in self._children.items():
            if known == number:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signum)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self._children.pop(pid, None)
            if number is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)  # what it started and left in its own group
                self._tell(Message(control.ENDED, number, os.waitstatus_to_exitcode(status)))

    def _tell(self, message: Message) -> None:
        self._owner.sendall(message.pack())


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def _load() -> None:
    """Everything that children of any source need, while there is one process to hold it."""
    import django  # noqa: PLC0415  # after the check of the arguments

    django.setup()
    from django.db import connections  # noqa: PLC0415  # needs the settings

    import jobyard_server.isolation.child  # noqa: PLC0415  # needs Django
    import jobyard_server.isolation.inspect_task  # noqa: PLC0415
    import jobyard_server.isolation.run_task  # noqa: F401, PLC0415
    from jobyard_server.isolation.names import provide_models  # noqa: PLC0415

    provide_models()
    connections["default"]  # the wrapper, not a connection: imports the backend once


def serve_owner(owner: socket.socket) -> NoReturn:
    """Say that everything is loaded, then obey until the owner is gone."""
    with suppress(EOFError, OSError):
        owner.sendall(Message(control.FORKED, 0, os.getpid()).pack())
        ZygoteLoop(owner).run()
    os._exit(0)


def main(descriptor: int) -> None:
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the owner's end of the socket decides
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    owner = socket.socket(fileno=descriptor)
    owner.set_inheritable(False)
    _load()
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector writes into no object from before
    serve_owner(owner)


if __name__ == "__main__":
    main(int(sys.argv[1]))
