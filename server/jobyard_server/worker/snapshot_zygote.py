"""The zygote of one snapshot: the modules that were used are loaded, and each run is forked from them."""

from __future__ import annotations

import logging
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from jobyard_server.isolation import control
from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.children import Children
from jobyard_server.isolation.containment import containment
from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker.resident import grown_bytes, has_grown, resident_bytes
from jobyard_server.worker.scratch import make_scratch
from jobyard_server.worker.standby import Standby

LOAD_SECONDS = 60.0  #: Longer imports are not kept; each run makes them within its own time limits.
LONGEST_LIFE = 3600.0  #: Seconds. Source: security.md ZY-07, as is the next one.
MOST_FORKS = 500
IDLE_SECONDS = 600.0  #: Without a run, after which it is let go.
HOT_SECONDS = 60.0  #: After a run, in which the next one finds a child that waits.

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Code:
    """Where the code of a run is."""

    source: str  #: Key of the source, by the name that the run was accepted under.
    digest: str
    root: Path
    job_path: str
    module: str

    @property
    def snapshot(self) -> tuple[str, str]:
        return self.source, self.digest


class SnapshotZygote:
    """
    Loads in its own process; ``look()`` says what became of it. Never waits.

    Args:
        code: The first run's; the others are of the same snapshot.
        modules: What is loaded.
        child: Fresh from the base zygote; it becomes this zygote.
        children: Of the worker.
    """

    def __init__(self, code: Code, modules: frozenset[str], child: ChildProcess, children: Children) -> None:
        self.code = code
        self.modules = modules
        self.is_ready = False
        self.is_over = False
        self.used_at = time.monotonic()
        self.scratch = make_scratch(f"zygote-{uuid4()}")
        self.standby = Standby(self._spawn)
        self._child = child
        self._children = children
        self._began = time.monotonic()
        self._forks = 0
        self._first_memory = 0  # bytes, when it was ready
        self._load()

    @property
    def is_worn_out(self) -> bool:
        is_old = self._forks >= MOST_FORKS or time.monotonic() - self._began > LONGEST_LIFE
        return is_old or has_grown(self._first_memory, grown_bytes(self._child.pid))

    @property
    def has_drifted(self) -> bool:
        """Its modules leave something behind, though not while they are imported."""
        return self._child.exit_status == control.DRIFTED

    @property
    def is_idle(self) -> bool:
        return time.monotonic() - self.used_at > IDLE_SECONDS

    @property
    def memory(self) -> int:
        """Bytes that are resident, shared ones included."""
        return resident_bytes(self._child.pid)

    def is_for(self, code: Code) -> bool:
        return code.snapshot == self.code.snapshot and code.module in self.modules

    def serves(self, code: Code) -> bool:
        return self.is_ready and not self.is_over and self.is_for(code)

    def take(self) -> ChildProcess:
        """
        A child for a run of one of the modules.

        Raises:
            ZygoteError: It is gone.
        """
        self.used_at = time.monotonic()
        return self.standby.take()

    def look(self) -> None:
        """Notice that it is ready, or that it gave up; keep a child waiting while it is hot."""
        if not self.is_ready and not self.is_over:
            self._look_for_first_word()
        if self._child.has_ended:
            self.is_over = True
        if self.is_over or not self.is_ready:
            return
        if time.monotonic() - self.used_at < HOT_SECONDS:
            with suppress(ZygoteError):
                self.standby.refill()
        else:
            self.standby.rest()

    def retire(self) -> None:
        """No more runs; those that it has forked go on to their own ends."""
        self.is_over = True
        self.standby.rest()
        with suppress(OSError):
            self._child.channel.close()  # the zygote ends; its guard waits for the runs

    def has_drained(self) -> bool:
        """Whether nothing of it lives any more; then its descriptors and its folder are given back."""
        if not self._child.has_ended:
            return False
        self.close()
        return True

    def close(self) -> None:
        self.standby.rest()
        self._child.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _load(self) -> None:
        try:
            self._child.send(
                {
                    "task": "hold",
                    "source": self.code.source,
                    "digest": self.code.digest,
                    "root": str(self.code.root),
                    "job_path": self.code.job_path,
                    "modules": sorted(self.modules),
                    "scratch": str(self.scratch),
                    "containment": containment(),
                }
            )
        except OSError:
            self.is_over = True

    def _look_for_first_word(self) -> None:
        try:
            control.receive(self._child.channel)
        except BlockingIOError:
            if time.monotonic() - self._began > LOAD_SECONDS:
                self._give_up("it took too long to load")
            return
        except (EOFError, OSError):
            self._give_up(_last_line(self._child.console))
            return
        self._child.let_finish()
        self.is_ready = True
        self._first_memory = grown_bytes(self._child.pid)

    def _give_up(self, why: str) -> None:
        log.info("a snapshot has no zygote", extra={"snapshot": self.code.digest[:12], "reason": why})
        self._child.kill()
        self.is_over = True

    def _spawn(self) -> ChildProcess:
        self._forks += 1
        return self._children.spawn(self._child.channel)


def _last_line(console: int) -> str:
    try:
        text = os.read(console, 64 * 1024).decode("utf-8", "replace")
    except (BlockingIOError, OSError):
        return "it ended without a word"
    return text.strip().rpartition("\n")[2][:500]
