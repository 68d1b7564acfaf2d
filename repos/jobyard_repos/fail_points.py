"""
Places at which a test may hurt this process; without ``JOBYARD_FAILPOINTS`` they cost one look at a dict.

``JOBYARD_FAILPOINTS="before_db=kill;fetch.done=sleep:2@3;worker.claimed=kill@/tmp/once"``: at the point, do
the action; ``@3`` means the third time that the process comes by, ``@/tmp/once`` the first process that can
make that file, and no other; each time when left out. Actions: ``kill`` (SIGKILL to itself), ``stop``
(SIGSTOP), ``exit:<status>``, ``sleep:<seconds>``, ``raise:<name of an errno>``.
"""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "JOBYARD_FAILPOINTS"

#: In the order in which a sync comes by; the last two belong to clean-up.
OF_SYNCS = (
    "sync.lock",
    "fetch.start",
    "fetch.done",
    "verify.done",
    "sync.resolved",
    "tree.listed",
    "blob.half",
    "before_fsync",
    "after_fsync",
    "before_rename",
    "after_rename",
    "inspect.done",
    "before_db",
    "before_notify",
    "after_db",
    "gc.marked",
    "gc.mid",
)
OF_RUNS = (
    "child.confine",  # limits are set, the sandbox is not yet
    "child.committed",  # the main transaction has committed
    "worker.before_claim",  # a message has arrived
    "worker.claimed",  # a run is claimed, nothing is forked
    "worker.before_store",  # the job has returned, its end is not stored
    "worker.stored",  # the end is stored, the message may not be settled
)
NAMES = (*OF_SYNCS, *OF_RUNS)


class Plan:
    """What to do at which point, read from the text of the variable."""

    def __init__(self, text: str) -> None:
        self._actions: dict[str, tuple[str, str]] = {}
        self._hits: Counter[str] = Counter()
        self._lock = threading.Lock()
        for item in filter(None, text.split(";")):
            name, _, action = item.partition("=")
            if name not in NAMES:
                raise ValueError(f"{VARIABLE}: there is no fail point {name!r}")
            what, _, when = action.partition("@")
            self._actions[name] = what, when

    def reach(self, name: str) -> None:
        if name not in self._actions:
            return
        what, when = self._actions[name]
        with self._lock:
            self._hits[name] += 1
            is_now = not when or (self._hits[name] == int(when) if when.isdigit() else _is_first(Path(when)))
        if is_now:
            _act(what)


def plan_of(environ: Mapping[str, str]) -> Plan | None:
    """
    The plan of this environment, if it has one.

    Raises:
        ValueError: It names a point that does not exist.
    """
    text = environ.get(VARIABLE, "")
    return Plan(text) if text else None


_PLAN = plan_of(os.environ)


def fail_point(name: str) -> None:
    """Nothing, unless a test wants otherwise."""
    if _PLAN is not None:
        _PLAN.reach(name)


def _is_first(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _act(what: str) -> None:
    word, _, value = what.partition(":")
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif word == "exit":
        os._exit(int(value))
    elif word == "sleep":
        time.sleep(float(value))
    elif word == "raise":
        number = getattr(errno, value)
        raise OSError(number, os.strerror(number))
    else:
        raise ValueError(f"{VARIABLE}: there is no action {what!r}")
