"""The loop of a zygote: fork guards when the owner asks, bury them, end with the owner."""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

from jobyard_server.isolation import control, kernel
from jobyard_server.isolation.belongings import count_threads, open_descriptors
from jobyard_server.isolation.child import serve
from jobyard_server.isolation.control import Message
from jobyard_server.isolation.guard import guard
from jobyard_server.isolation.limits import known_threads


class ZygoteLoop:
    """
    Single-threaded, without a connection, and with nothing open but its control socket.

    It makes sure of that before each fork, and ends instead when it is not so any more: a fork would share
    what has come to it meanwhile. Source: security.md ZY-03.
    """

    def __init__(self, owner: socket.socket) -> None:
        self._owner = owner
        self._guards: set[int] = set()
        self._has_split = False  # then adopted processes may be guards of a zygote that ended
        self._wake, self._wake_write = os.pipe()
        for descriptor in (self._wake, self._wake_write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        kernel.adopt_orphans()
        self._own = open_descriptors()

    def run(self) -> None:
        poll = select.poll()
        poll.register(self._owner, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poll.poll()]
            if self._wake in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
                self._bury()
            if self._owner.fileno() in ready:
                self._obey(*control.receive(self._owner))

    def _obey(self, message: Message, descriptors: list[int]) -> None:
        if message.word == control.FORK and len(descriptors) == control.DESCRIPTORS:
            self._fork(*descriptors)
        elif message.word == control.SPLIT and len(descriptors) == 1:
            self._split(socket.socket(fileno=descriptors[0]))

    def _fork(self, lifeline: int, channel: int, output: int) -> None:
        owner = socket.socket(fileno=lifeline)
        if self._has_drifted({lifeline, channel, output}):
            with suppress(OSError):
                owner.sendall(Message(control.FAILED, errno.EAGAIN).pack())
            os._exit(control.DRIFTED)
        known_threads()  # counted here, so that no child has to
        try:
            pid = os.fork()
        except OSError as exc:
            with suppress(OSError):
                owner.sendall(Message(control.FAILED, exc.errno or 0).pack())
            pid = -1
        if pid == 0:
            self._let_go()
            _never_return(partial(guard, owner, partial(_become_child, channel, output)))
        owner.close()
        os.close(channel)
        os.close(output)
        if pid > 0:
            self._guards.add(pid)

    def _has_drifted(self, given: set[int]) -> bool:
        return count_threads() > 1 or not open_descriptors() <= self._own | given

    def _split(self, owner: socket.socket) -> None:
        """Another zygote, for another owner; nothing is loaded twice, and most memory is shared."""
        self._has_split = True
        if os.fork():
            owner.close()
            return
        self._let_go()
        serve_owner(owner)

    def _let_go(self) -> None:
        signal.set_wakeup_fd(-1)
        self._owner.close()
        os.close(self._wake)
        os.close(self._wake_write)

    def _bury(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            self._guards.discard(pid)
        if not self._has_split:
            self._kill_strays()

    def _kill_strays(self) -> None:
        """What a guard that was killed could not end any more has become ours."""
        for pid in set(kernel.children_of_ours()) - self._guards:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def serve_owner(owner: socket.socket) -> NoReturn:
    """Say that everything is loaded, then obey until the owner is gone."""
    with suppress(EOFError, OSError):
        owner.sendall(Message(control.READY, os.getpid()).pack())
        ZygoteLoop(owner).run()
    os._exit(0)


def _become_child(channel: int, output: int, parent: int) -> NoReturn:
    """What happens in the child stays in the child."""
    kernel.end_with(parent)
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    _never_return(partial(serve, socket.socket(fileno=channel)))


def _never_return(work: Callable[[], int]) -> NoReturn:
    """Nothing may get back into the loop of the zygote."""
    code = 1
    try:
        code = work()
    except BaseException:  # noqa: BLE001  # see above
        traceback.print_exc()  # becomes console text of the run
    finally:
        os._exit(code)
