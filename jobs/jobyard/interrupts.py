"""
Soft time limit and cancellation: signals of the supervisor become exceptions in author code.

They are raised only while author code is armed, never in jobyard's own steps, so that a commit is
never torn apart; what comes at another moment waits for the next check.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from jobyard.errors import RunCancelled, SoftTimeLimitExceeded
from jobyard.events import Event, Sink

SOFT_LIMIT_SIGNAL = signal.SIGUSR1
CANCEL_SIGNAL = signal.SIGUSR2


class Interrupts:
    """The requests that came from outside, and whether they may be raised now."""

    def __init__(self) -> None:
        self.cancel_requested = False
        self._soft_limit_reached = False
        self._soft_limit_raised = False
        self._armed = False
        self._obeys_cancel = True
        self._held = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Receive the two signals; outside the main thread there are none to receive."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call author code, during which requests are raised at once."""
        self.check()
        self._armed = True
        try:
            return method(*args, **kwargs)
        finally:
            self._armed = False

    def check(self) -> None:
        """Raise what was asked for while nothing could be raised, or was swallowed by the author."""
        if self.cancel_requested and self._obeys_cancel:
            raise RunCancelled
        if self._soft_limit_reached and not self._soft_limit_raised:
            self._soft_limit_raised = True
            raise soft_limit_exception()

    def hold(self) -> None:
        """Raise nothing until ``let_go()``: an event is on its way out, and must not be torn."""
        self._held = True

    def let_go(self) -> None:
        self._held = False
        self._raise_if_armed()

    def stop_obeying(self) -> None:
        """
        From now on the run ends normally: it has committed, or is already being cancelled.

        A soft limit that came too late to stop the main phase must not keep ``post_run`` from being called.
        """
        self._obeys_cancel = False
        self._soft_limit_raised |= self._soft_limit_reached

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if number == CANCEL_SIGNAL:
            self.cancel_requested = True
        else:
            self._soft_limit_reached = True
        self._raise_if_armed()

    def _raise_if_armed(self) -> None:
        if self._armed and not self._held and self._has_something_to_raise():
            self._armed = False  # once: what follows is the unwinding
            self.check()

    def _has_something_to_raise(self) -> bool:
        cancelled = self.cancel_requested and self._obeys_cancel
        return cancelled or (self._soft_limit_reached and not self._soft_limit_raised)


class UntornSink:
    """Passes events on whole; a request that comes meanwhile is raised when the event is out."""

    def __init__(self, sink: Sink, interrupts: Interrupts) -> None:
        self._sink = sink
        self._interrupts = interrupts
        self._main_thread = threading.main_thread().ident

    def emit(self, event: Event) -> None:
        if threading.get_ident() != self._main_thread:  # signals are handled in the main thread only
            self._sink.emit(event)
            return
        self._interrupts.hold()
        try:
            self._sink.emit(event)
        finally:
            self._interrupts.let_go()


_SIGNALS = (SOFT_LIMIT_SIGNAL, CANCEL_SIGNAL)


def soft_limit_exception() -> SoftTimeLimitExceeded:
    """The exception of the soft limit; also Celery's, where the job imported that."""
    import sys  # noqa: PLC0415  # one use

    theirs = getattr(sys.modules.get("celery.exceptions"), "SoftTimeLimitExceeded", None)
    if theirs is None or issubclass(SoftTimeLimitExceeded, theirs):
        return SoftTimeLimitExceeded()
    cls = type("SoftTimeLimitExceeded", (SoftTimeLimitExceeded, theirs), {})
    exc: SoftTimeLimitExceeded = cls()
    return exc
