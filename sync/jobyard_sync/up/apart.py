"""A step of the start in a process of its own, because of the memory that it takes and would leave behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from jobyard_server.cli.errors import sentence_of
from jobyard_server.database.parent_death import end_with_parent
from jobyard_sync.up.early_stop import NUMBERS
from jobyard_sync.up.errors import StepFailedError


def apart(work: Callable[[], object]) -> None:
    """
    Fork, call *work* there, wait for its end. No connection may be open.

    The parts are forked from this process afterwards, and would share what work has left in it.

    Raises:
        StepFailedError: With the sentence of its error.
    """
    arrange = end_with_parent(signal.SIGKILL)
    told, telling = os.pipe()
    pid = os.fork()
    if pid == 0:
        os._exit(_run(work, arrange, telling))
    os.close(telling)
    try:
        with open(told, encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
            sentence = file.read()
        _, status = os.waitpid(pid, 0)
    except BaseException:  # somebody asks for the end
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        raise
    if status:
        raise StepFailedError(sentence or f"A step of the start ended with status {status}.")


def _run(work: Callable[[], object], arrange: Callable[[], None], telling: int) -> int:
    try:
        for number in NUMBERS:
            signal.signal(number, signal.SIG_DFL)
        arrange()
        work()
    except Exception as exc:  # noqa: BLE001  # told by the parent
        os.write(telling, sentence_of(exc).encode())
        return 1
    except BaseException:  # noqa: BLE001  # nothing may get back into the parent's code
        return 1
    return 0
