"""Keeps the parts alive from one warm, single-threaded parent, and stops them in order."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from jobyard_sync.up.child import forget_part, fork_part
from jobyard_sync.up.parts import Part

FIRST_DELAY, LONGEST_DELAY = 0.1, 10.0
STEADY_SECONDS = 30.0  #: A part that lived this long starts again with the first delay.
TICK_SECONDS = 0.5


@dataclass
class _Slot:
    part: Part
    pid: int | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float = 0.0  # when to start again, monotonic


class Supervisor:
    """
    ``start()``, then ``watch()`` until a signal, then ``stop()``.

    *tell* gets one line for people about each part that ended. *beside* is called at every turn, for
    what has to be kept alive besides the parts.
    """

    def __init__(
        self,
        parts: list[Part],
        *,
        logs: Path,
        tell: Callable[[str], None],
        beside: Callable[[], None] = lambda: None,
    ) -> None:
        self._slots = [_Slot(part) for part in parts]
        self._logs = logs
        self._tell = tell
        self._beside = beside
        self._signals = 0
        self._read_end, self._write_end = os.pipe()
        for descriptor in (self._read_end, self._write_end):
            os.set_blocking(descriptor, False)

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def install(self) -> None:
        """Take over the signals; may come before ``start()``, so that an early Ctrl-C is not lost."""
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._count)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def start(self) -> None:
        for slot in self._slots:
            self._start(slot)

    def pids(self) -> dict[str, int]:
        return {slot.part.name: slot.pid for slot in self._slots if slot.pid}

    def turn(self, seconds: float = TICK_SECONDS) -> None:
        """Wait for something to happen, *seconds* at most, and deal with it."""
        select.select([self._read_end], [], [], self._until_next(seconds))
        with suppress(BlockingIOError):
            os.read(self._read_end, 4096)
        for slot in self._slots:
            self._look_after(slot)
        if not self.stopping:
            self._beside()

    def watch(self) -> None:
        while not self.stopping:
            self.turn()

    def stop(self) -> None:
        """One part after the other; a second signal kills what is left at once."""
        self._signals = max(self._signals, 1)
        for slot in self._slots:
            self._stop(slot)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _until_next(self, seconds: float) -> float:
        waits = [slot.due - time.monotonic() for slot in self._slots if slot.pid is None]
        return max(0.0, min([seconds, *waits]))

    def _start(self, slot: _Slot) -> None:
        slot.started = time.monotonic()
        slot.pid = fork_part(slot.part.name, slot.part.work, log_file=self._logs / f"{slot.part.name}.log")

    def _look_after(self, slot: _Slot) -> None:
        if slot.pid is not None:
            self._reap(slot)
        elif not self.stopping and time.monotonic() >= slot.due:
            self._start(slot)

    def _reap(self, slot: _Slot) -> bool:
        """Whether the part has ended."""
        if slot.pid is None:
            return True
        pid, status = os.waitpid(slot.pid, os.WNOHANG)
        if pid == 0:
            return False
        self._bury(slot, pid)
        if not self.stopping:
            self._plan_restart(slot, os.waitstatus_to_exitcode(status))
        return True

    def _bury(self, slot: _Slot, pid: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # what the part started and left behind
        forget_part(pid)
        slot.pid = None

    def _plan_restart(self, slot: _Slot, code: int) -> None:
        if time.monotonic() - slot.started > STEADY_SECONDS:
            slot.delay = FIRST_DELAY
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        log = self._logs / f"{slot.part.name}.log"
        self._tell(f"{slot.part.name} {how}; starting it again in {slot.delay:g} s (see {log})")
        slot.due = time.monotonic() + slot.delay
        slot.delay = min(slot.delay * 2, LONGEST_DELAY)

    def _stop(self, slot: _Slot) -> None:
        if self._reap(slot) or slot.pid is None:
            return
        os.kill(slot.pid, signal.SIGTERM)
        end = time.monotonic() + slot.part.grace
        while not self._reap(slot):
            if self._signals > 1 or time.monotonic() > end:
                os.kill(slot.pid, signal.SIGKILL)
            select.select([self._read_end], [], [], 0.05)
            with suppress(BlockingIOError):
                os.read(self._read_end, 4096)
