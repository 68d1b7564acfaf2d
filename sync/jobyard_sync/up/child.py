"""What a forked part does before its own work: own session, own log, and an end with its parent."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jobyard_server.database.parent_death import end_with_parent
from jobyard_server.lifecycle import configure_logging

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_lifelines: dict[int, int] = {}  # a part ends when the writing end of its pipe is closed, by whatever end


def fork_part(name: str, work: Callable[[], None], *, log_file: Path) -> int:
    """Fork; the child calls *work* and ends. Returns the child's process id."""
    arrange = end_with_parent(signal.SIGKILL)
    lifeline = os.pipe()
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector writes into no object from before
    with _signals_held_back():
        pid = os.fork()
        if pid == 0:
            os._exit(_run(name, work, log_file, arrange, lifeline))
    os.close(lifeline[0])
    _lifelines[pid] = lifeline[1]
    return pid


def forget_part(pid: int) -> None:
    """To be called when the part *pid* has ended."""
    os.close(_lifelines.pop(pid))


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """A signal that meets the child while it still has the parent's handlers would be lost."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _run(
    name: str,
    work: Callable[[], None],
    log_file: Path,
    arrange: Callable[[], None],
    lifeline: tuple[int, int],
) -> int:
    """The child: whatever happens, it never returns into the parent's code."""
    try:
        arrange()
        _settle(lifeline)
        configure_logging(log_file)
        work()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else 1
    except BaseException:
        logging.getLogger(__name__).critical("%s ended with an error", name, exc_info=True)
        return 1
    return 0


def _settle(lifeline: tuple[int, int]) -> None:
    os.setsid()  # Ctrl-C goes to the parent alone, which stops the parts in order
    signal.set_wakeup_fd(-1)
    for number in (*STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    os.dup2(2, 1)  # standard output belongs to the ready line
    for descriptor in (*_lifelines.values(), lifeline[1]):
        os.close(descriptor)
    _lifelines.clear()
    if sys.platform == "linux":
        os.close(lifeline[0])  # the kernel tells us; no thread needed, and a fork of a part stays safe
    else:
        threading.Thread(target=_end_with, args=(lifeline[0],), daemon=True).start()


def _end_with(descriptor: int) -> None:
    os.read(descriptor, 1)
    os._exit(1)
