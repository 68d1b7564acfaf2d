"""SIGTERM and Ctrl-C before there is a supervisor: undo what was started, then end with status 0."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody asked for the end; passes through every ``except Exception`` on its way to the clean-up."""


class EarlyStop:
    """
    The block ends early, and quietly, at the first signal; the supervisor takes the signals over in it.

    An exception that meets a destructor or a callback of a weak reference is lost there, which happens
    while modules are imported. So the block asks once more, by ``check()``, before it starts the parts.
    """

    def __init__(self) -> None:
        self._is_requested = False

    def __enter__(self) -> Self:
        for number in NUMBERS:
            signal.signal(number, self._raise)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return isinstance(error, StopRequested)

    def check(self) -> None:
        """
        To be called when the supervisor has taken the signals over.

        Raises:
            StopRequested: A signal came before, and its exception was lost.
        """
        if self._is_requested:
            raise StopRequested

    def _raise(self, _number: int, _frame: FrameType | None) -> None:
        self._is_requested = True
        for number in NUMBERS:  # the clean-up is short; a second signal must not leave it half done
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested
