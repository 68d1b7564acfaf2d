"""All zygotes of a worker: the base, which knows no author code, and one for each snapshot that is in use."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.code_stamp import code_stamp
from jobyard_server.isolation.containment import ContainmentMissing
from jobyard_server.isolation.launchers import starts_anew
from jobyard_server.isolation.zygote import Zygote
from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker.resident import grown_bytes, has_grown, resident_bytes
from jobyard_server.worker.scratch import scratch_root
from jobyard_server.worker.snapshot_zygote import MOST_FORKS, Code, SnapshotZygote
from jobyard_server.worker.standby import Standby

RETRY_SECONDS = 1.0
STAMP_SECONDS = 5.0  #: Between two looks at the code on disk.

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A child for one run."""

    child: ChildProcess
    scratch: Path  #: In which the working folder of the run must be.


class Zygotes:
    """
    Hands out children. ``look()`` does everything that takes time, and is called when no run waits for it.

    A snapshot gets its zygote after the first run of one of its modules. With another module, or after an
    hour, a new one takes over while the old one drains.
    """

    def __init__(self, base: Zygote | None = None) -> None:
        self.base = base or Zygote(settings.DATA_DIR / "logs" / "zygote.log")
        self.children = self.base.children
        self._standby = Standby(self._spawn)
        self._forks = 0
        self._first_memory = 0  # bytes, of the base when it had started
        self._stamp = self._first_stamp = code_stamp()  # of the code that the base has loaded
        self._next_stamp = 0.0  # monotonic
        self._not_before = 0.0  # monotonic; after a failed start
        self._snapshots: dict[tuple[str, str], SnapshotZygote] = {}  # that serve
        self._loading: list[SnapshotZygote] = []
        self._retired: list[SnapshotZygote] = []
        self._wanted: list[Code] = []
        self._hopeless: set[tuple[str, str, str]] = set()  # source, digest and module that gave up

    def start(self) -> None:
        """
        Start the base and prepare the first child.

        Raises:
            ZygoteError: It did not start.
        """
        if not self.base.is_alive:
            self._start_base()
        self._standby.refill()

    def stop(self) -> None:
        """End all zygotes and everything that they have forked."""
        self.rest()
        self.base.stop()

    def rest(self) -> None:
        """Let everything go but the base."""
        self._standby.rest()
        for zygote in [*self._snapshots.values(), *self._loading, *self._retired]:
            zygote.close()
        self._snapshots.clear()
        self._loading.clear()
        self._retired.clear()

    def take(self, code: Code | None) -> Taken:
        """
        A child for a run of *code*; None for a plugin, which is installed and not loaded ahead.

        Raises:
            ZygoteError: No child can be had at the moment.
        """
        self.children.pump()
        zygote = self._snapshots.get(code.snapshot) if code is not None else None
        if zygote is not None and code is not None and zygote.serves(code):
            try:
                return Taken(child=zygote.take(), scratch=zygote.scratch)
            except ZygoteError:
                self._retire(zygote)
        if code is not None:
            self._want(code)
        return Taken(child=self._standby.take(), scratch=scratch_root())

    def look(self) -> None:
        """Prepare what the next runs will need, and let go what they will not."""
        self.children.pump()
        self._look_after_base()
        for loading in list(self._loading):
            self._look_at_loading(loading)
        for zygote in list(self._snapshots.values()):
            zygote.look()
            if zygote.is_over or zygote.is_idle or zygote.is_worn_out:
                self._retire(zygote)
        self._make_room()
        for zygote in list(self._retired):
            self._look_at_retired(zygote)
        if self._wanted:
            self._load(self._wanted.pop(0))

    def _look_after_base(self) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            self._look_at_code()
            is_alive = self.base.is_alive
            if self._standby.is_ready and is_alive:
                return
            if self._forks >= MOST_FORKS or not is_alive or self._base_has_grown:
                self._standby.rest()
                self.base.stop()
                self._start_base()
            self._standby.refill()
        except ZygoteError:
            self._not_before = time.monotonic() + RETRY_SECONDS
            log.exception("no child could be prepared", extra={"action": "standby"})

    def _look_at_code(self) -> None:
        """After an upgrade on disk no run begins on the old code; those that run go on with it."""
        if time.monotonic() < self._next_stamp:
            return
        self._next_stamp = time.monotonic() + STAMP_SECONDS
        stamp = code_stamp()
        if stamp != self._stamp:
            log.warning("the code of jobyard has changed on disk; runs begin on the new one")
            self._stamp = stamp
            for zygote in [*self._snapshots.values(), *self._loading]:
                self._retire(zygote)
            self._loading.clear()
            self._standby.rest()
            self.base.stop()

    @property
    def _base_has_grown(self) -> bool:
        return has_grown(self._first_memory, grown_bytes(self.base.pid))

    def _start_base(self) -> None:
        self.base.start(anew=self._stamp != self._first_stamp)
        self._forks = 0
        self._first_memory = grown_bytes(self.base.pid)

    def _spawn(self) -> ChildProcess:
        self._forks += 1
        return self.base.spawn()

    def _want(self, code: Code) -> None:
        known = (*code.snapshot, code.module) in self._hopeless or code in self._wanted
        options = settings.JOBYARD
        is_kept = options["SNAPSHOT_ZYGOTES"] and not starts_anew(options)
        if is_kept and not known and not self._is_loading(code):
            self._wanted.append(code)

    def _is_loading(self, code: Code) -> bool:
        return any(zygote.is_for(code) for zygote in self._loading)

    def _load(self, code: Code) -> None:
        """Load *code*, together with what its snapshot has loaded already."""
        before = self._snapshots.get(code.snapshot)
        modules = frozenset([code.module]) | (before.modules if before is not None else frozenset())
        try:
            zygote = SnapshotZygote(code, modules, self._spawn(), self.children)
        except (ZygoteError, ContainmentMissing, OSError):
            log.info("a snapshot could not be loaded", extra={"snapshot": code.digest[:12]})
            return
        self._loading.append(zygote)

    def _look_at_loading(self, zygote: SnapshotZygote) -> None:
        zygote.look()
        if zygote.is_over:
            self._loading.remove(zygote)
            self._retired.append(zygote)
            self._hopeless.add((*zygote.code.snapshot, zygote.code.module))
        elif zygote.is_ready and self._is_hopeless(zygote):
            self._loading.remove(zygote)
            self._retire(zygote)
        elif zygote.is_ready:
            self._loading.remove(zygote)
            before = self._snapshots.get(zygote.code.snapshot)
            if before is not None:
                self._retire(before)
            self._snapshots[zygote.code.snapshot] = zygote

    def _look_at_retired(self, zygote: SnapshotZygote) -> None:
        if not zygote.has_drained():
            return
        self._retired.remove(zygote)
        if zygote.has_drifted:
            self._hopeless |= {(*zygote.code.snapshot, module) for module in zygote.modules}
            self._retire_hopeless()

    def _retire_hopeless(self) -> None:
        """One that was loaded while another drained holds the same modules."""
        for zygote in list(self._snapshots.values()):
            if self._is_hopeless(zygote):
                self._retire(zygote)

    def _is_hopeless(self, zygote: SnapshotZygote) -> bool:
        return any((*zygote.code.snapshot, module) in self._hopeless for module in zygote.modules)

    def _retire(self, zygote: SnapshotZygote) -> None:
        if self._snapshots.get(zygote.code.snapshot) is zygote:
            del self._snapshots[zygote.code.snapshot]
        zygote.retire()
        self._retired.append(zygote)

    def _make_room(self) -> None:
        """The ones that were not used for longest go first."""
        by_use = sorted(self._snapshots.values(), key=lambda zygote: zygote.used_at)
        own = resident_bytes(self.base.pid)
        while by_use and (
            len(by_use) > settings.JOBYARD["SNAPSHOT_ZYGOTES"]
            or sum(max(0, zygote.memory - own) for zygote in by_use)
            > settings.JOBYARD["SNAPSHOT_ZYGOTE_MEMORY"]
        ):
            self._retire(by_use.pop(0))
