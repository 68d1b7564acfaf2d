"""Waits for the end of a run or of a sync, the way every client can: by looking at its row."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self
from uuid import UUID

from jobyard.statuses import TERMINAL
from jobyard_server.runs.models import JobResult

FIRST_SECONDS, LONGEST_SECONDS, GROWTH = 0.02, 0.25, 1.3


class Interrupts:
    """The first Ctrl-C is noted, the second one ends the process at once with *second_exit_code*."""

    def __init__(self, *, second_exit_code: int) -> None:
        self._second_exit_code = second_exit_code
        self._event = threading.Event()

    def __enter__(self) -> Self:
        self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._previous)

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        """Until Ctrl-C is pressed for the first time, *seconds* at most."""
        if self._event.is_set():
            time.sleep(seconds)
        else:
            self._event.wait(seconds)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._event.is_set():
            os._exit(self._second_exit_code)
        self._event.set()


def wait_for_end(
    result_id: UUID,
    interrupts: Interrupts,
    *,
    on_interrupt: Callable[[], None],
    on_turn: Callable[[], None] = lambda: None,
) -> JobResult:
    """
    The row once it has a terminal status.

    *on_interrupt* is called once, at the first Ctrl-C; *on_turn* at every look, and may raise to give up.
    """
    pause, asked = FIRST_SECONDS, False
    while not _has_ended(result_id):
        if interrupts.is_set and not asked:
            asked = True
            on_interrupt()
        on_turn()
        interrupts.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_SECONDS)
    return JobResult.objects.select_related("job_model", "source_model").get(pk=result_id)


def _has_ended(result_id: UUID) -> bool:
    return JobResult.objects.filter(pk=result_id, status__in=TERMINAL).exists()
