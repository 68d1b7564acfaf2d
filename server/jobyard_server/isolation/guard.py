"""
The guard of one child: the process between a zygote and the child, which sees to it that all of it ends.

It runs no author code and waits for no lock. Its socket to the owner is the lifeline: when the owner dies,
or no lease comes in time, everything below the guard is killed. As the adopter of orphans it also ends what
has forked away and left its session.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from jobyard_server.isolation import control, kernel
from jobyard_server.isolation.control import Message

#: Goes on while a machine sleeps, so that a lease does not outlive it.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def guard(owner: socket.socket, become_child: Callable[[int], NoReturn]) -> NoReturn:
    """
    Fork the child, watch over it, end with it.

    Args:
        owner: The lifeline.
        become_child: Called in the child with the guard's process id.
    """
    os.setsid()
    kernel.adopt_orphans()
    me = os.getpid()
    wake, wake_write = _wake_pipe()
    try:
        child = os.fork()
    except OSError as exc:
        _tell(owner, Message(control.FAILED, exc.errno or 0))
        os._exit(0)
    if child == 0:
        signal.set_wakeup_fd(-1)
        for descriptor in (owner.fileno(), wake, wake_write):
            os.close(descriptor)
        become_child(me)
    _keep_only(owner.fileno(), wake, wake_write)
    Guard(owner, child, wake).watch()


def _wake_pipe() -> tuple[int, int]:
    read, write = os.pipe()
    for descriptor in (read, write):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return read, write


def _keep_only(*descriptors: int) -> None:
    """The ends of the child's channel and output must close with the child, so they must not stay here."""
    kept = sorted({0, 1, 2, *descriptors})
    for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)


_SIGNALLED = 128  #: What a launcher adds to the number of the signal that ended its program.


class Guard:
    """Obeys the owner, buries what ends, and kills what has to."""

    def __init__(self, owner: socket.socket, child: int, wake: int) -> None:
        self._owner = owner
        self._child = child
        self._wake = wake
        self._exit_status: int | None = None  # of the child, once it has ended
        self._lease_until: float | None = None
        self._lets_finish = False
        self._is_launcher = False

    def watch(self) -> NoReturn:
        _tell(self._owner, Message(control.STARTED, self._child))
        poll = select.poll()
        poll.register(self._owner, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while not self._is_done():
            for descriptor, _ in poll.poll(self._milliseconds_left()):
                self._obey() if descriptor == self._owner.fileno() else self._bury()
            if self._lease_until is not None and _now() >= self._lease_until:
                self._end_all()
        self._end_all()
        _tell(self._owner, Message(control.ENDED, self._exit_status or 0))
        os._exit(0)

    def _is_done(self) -> bool:
        if self._exit_status is None:
            return False
        return not self._lets_finish or not kernel.children_of_ours()

    def _obey(self) -> None:
        try:
            message, _ = control.receive(self._owner)
        except (EOFError, OSError):
            self._end_all()
            os._exit(0)  # nobody is left to be told
        if message.word == control.SIGNAL:
            self._signal(message.number)
        elif message.word == control.LEASE:
            self._lease_until = _now() + message.number / 1000
        elif message.word == control.LET_FINISH:
            self._lets_finish = True
        elif message.word == control.INNER:
            self._is_launcher = True

    def _signal(self, number: int) -> None:
        if number == signal.SIGKILL:
            self._end_all()
        elif self._exit_status is None:
            for pid in kernel.children_of(self._child) if self._is_launcher else [self._child]:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def _bury(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._note(pid, status)

    def _end_all(self) -> None:
        """
        Kill the child and everything that it started, wherever that went.

        What a killed process leaves behind is adopted before its parent can be buried, so the next look
        finds it; nothing escapes by being quick.
        """
        self._lets_finish = False
        while True:
            left = kernel.children_of_ours() or ([self._child] if self._exit_status is None else [])
            if not left:
                return
            for pid in left:
                _kill(pid)
            for pid in left:
                with suppress(ChildProcessError):
                    self._note(*os.waitpid(pid, 0))

    def _note(self, pid: int, status: int) -> None:
        if pid == self._child:
            code = os.waitstatus_to_exitcode(status)
            self._exit_status = _SIGNALLED - code if self._is_launcher and code > _SIGNALLED else code

    def _milliseconds_left(self) -> int | None:
        if self._lease_until is None:
            return None
        return max(0, int((self._lease_until - _now()) * 1000) + 1)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    if sys.platform != "linux":  # nobody adopts orphans there; their group is what can be found
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _tell(owner: socket.socket, message: Message) -> None:
    with suppress(OSError):  # the owner is gone; the lifeline says so too
        owner.sendall(message.pack())


def _now() -> float:
    return time.clock_gettime(_CLOCK)
