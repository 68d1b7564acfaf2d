"""One run that this worker holds: its child, its deadlines, and what became of it."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from jobyard import statuses
from jobyard.events import (
    Changes,
    Event,
    FilePiece,
    GroupOpened,
    LocksNamed,
    LogRow,
    Progress,
    Result,
    Started,
    from_frame,
)
from jobyard.interrupts import CANCEL_SIGNAL, SOFT_LIMIT_SIGNAL
from jobyard.lock_names import checked_names
from jobyard_server.isolation.child_process import ChildProcess
from jobyard_server.isolation.containment import shown
from jobyard_server.isolation.frames import Frame, ProtocolError
from jobyard_server.isolation.launchers import BWRAP
from jobyard_server.worker import endings
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.console import Console
from jobyard_server.worker.deadlines import Deadlines
from jobyard_server.worker.endings import Ending
from jobyard_server.worker.login import child_login
from jobyard_server.worker.recorder import Recorder
from jobyard_server.worker.spool import Spooled

TELL_SECONDS = 0.03  #: A run that ends sooner is stored once, with its end.
LEAD_SECONDS = 0.05  #: Before its guard, so that it is told why the run was stopped.
LATE_SECONDS = 1.0  #: After the hard limit, when a worker that is stuck has not seen to it.
EXIT_SECONDS = 2.0  #: A child that has reported its result must be gone after this time.

log = logging.getLogger(__name__)


class ActiveRun:
    """
    From the fork to the stored end.

    ``ending`` is set as soon as it is known how the run ends, ``is_over`` when nothing of it lives any more.
    """

    def __init__(
        self, claim: Claim, child: ChildProcess, recorder: Recorder, console: Console, scratch: Path
    ) -> None:
        self.claim = claim
        self.claimed_at = time.monotonic()
        self.child = child
        self.recorder = recorder
        self.console = console
        self.scratch = scratch
        self.sandbox: dict[str, Any] = {}  #: What the record says of the confinement.
        self.deadlines = Deadlines()
        self.ending: Ending | None = None
        self.is_stored = False
        self.spooled: Spooled | None = None  #: Its end on the disk, while the database does not take it.
        self.is_lost = False  #: It is not ours any more: nothing of it may be written.
        self.is_spoiled = False  #: The database has refused what it told.
        self.has_started = False
        self.start_is_due = False  #: The row should say so.
        self.start_is_known = False  #: The row says so.
        self.channel_is_open = True
        self.is_heard = False  #: The loop reads what the child sends.
        self.named_locks: list[str] | None = None  #: The run has to be given back with these.
        self._nonce = ""
        self._was_forged = False  #: It was told once.
        self._cancelled_by: str | None = None

    @property
    def is_over(self) -> bool:
        return self.child.has_ended and (self.is_stored or self.is_lost)

    def begin(self, task: Frame) -> None:
        """Hand the task over; from now on author code may run."""
        self._nonce = task["nonce"]
        self.sandbox = shown(task["containment"], database_role=child_login().role)
        result = self.claim.result
        self.deadlines.set("hard", result.time_limit)
        self.lease_renewed(time.monotonic())
        if task["containment"]["launcher"] == BWRAP:
            self.child.is_launcher()
        try:
            self.child.send(task)
        except OSError:
            self.child.kill()  # it died before it could begin; its exit status will say how

    def lease_renewed(self, at: float) -> None:
        """The database accepted a heartbeat that was sent at *at* (monotonic)."""
        until = at + 0.8 * settings.JOBYARD["LEASE_SECONDS"]
        self.deadlines.set_at("lease", until - LEAD_SECONDS)
        hard = self.deadlines.moment("hard")
        if hard is not None:
            until = min(until, hard + LATE_SECONDS)
        self.child.lease(until - time.monotonic())  # the guard keeps it even while this worker is frozen

    def on_channel(self) -> None:
        """Take in what the child has sent."""
        try:
            for frame in self.child.receive():
                self._take(frame)
        except EOFError:
            self.channel_is_open = False
            self.child.kill()  # without a channel it cannot report, and must not work on unseen
        except ProtocolError as exc:
            self.end(endings.protocol_broken(str(exc), self.recorder.last_group))

    def on_console(self) -> None:
        self.console.read(self.child.console)

    def cancel(self, user: str) -> None:
        """Ask the job to stop; after the grace time it is killed."""
        if self._cancelled_by is not None or self.ending is not None:
            return
        self._cancelled_by = user
        self.deadlines.set("cancel", settings.JOBYARD["CANCEL_GRACE"])
        with suppress(OSError):
            self.child.send({"cancelled_by": user})
        self.child.kill(CANCEL_SIGNAL)

    def lose(self) -> None:
        """Somebody else decides about this run now: stop it, write nothing."""
        self.is_lost = True
        self.child.kill()

    def spoil(self) -> None:
        """What it tells cannot be stored: it ends without that; if not even so, the reaper ends it."""
        if self.is_spoiled:
            self.lose()
            return
        self.is_spoiled = True
        self.recorder.drop()
        self.ending = None
        self.end(endings.unstorable(self.recorder.last_group))

    def tick(self) -> None:
        """Act on deadlines that have passed, and on the end of the child."""
        for name in self.deadlines.take_passed():
            self._pass(name)
        if (
            self.child.has_ended
            and not self.child.could_not_fork
            and self.ending is None
            and not self.is_lost
        ):
            self._bury()

    def end(self, ending: Ending) -> None:
        """Decide how the run ends, once; whatever is left of the child is killed."""
        if self.ending is not None:
            return
        self.ending = ending
        for row in ending.rows:
            self.recorder.add(row)
        self.console.read(self.child.console)
        self.deadlines.clear()
        if ending.reason in (None, statuses.FAILURE_LOGGED, statuses.EXCEPTION, statuses.POST_RUN_EXCEPTION):
            self.deadlines.set("exit", EXIT_SECONDS)
        else:
            self.child.kill()

    def close(self) -> None:
        self.child.close()

    def _take(self, frame: Frame) -> None:
        """Frames without the nonce come from somebody who found the descriptor; they count for nothing."""
        if self.ending is not None:
            return
        if frame.pop("nonce", None) != self._nonce:
            self._note_forged()
            return
        try:
            event = from_frame(frame)
        except ValueError as exc:
            raise ProtocolError(str(exc)) from None
        self._record(event)

    def _note_forged(self) -> None:
        if not self._was_forged:
            log.warning("a run sends frames of nobody", extra={"run": str(self.claim.result.pk)})
        self._was_forged = True

    def _record(self, event: Event) -> None:
        if isinstance(event, LogRow):
            self.recorder.add(event)
        elif isinstance(event, GroupOpened):
            self.recorder.open_group(event.grouping)
        elif isinstance(event, Progress):
            self.recorder.set_progress(event)
        elif isinstance(event, Changes):
            self.recorder.add_changes(event.rows)
        elif isinstance(event, FilePiece):
            self.recorder.add_file_piece(event)
        elif isinstance(event, Started):
            self._start()
        elif isinstance(event, LocksNamed):
            self._take_names(event)
        elif isinstance(event, Result):
            self._finish(event)

    def _start(self) -> None:
        self.has_started = True
        if self._cancelled_by is not None:
            self.child.kill(CANCEL_SIGNAL)  # the first may have come before there was anybody to hear it
        self.deadlines.set("tell", TELL_SECONDS)
        soft = self.claim.result.soft_time_limit
        self.deadlines.set("soft", soft)

    def _take_names(self, event: LocksNamed) -> None:
        """Only for a run that was asked for them, which then waits until it can have them all."""
        if not self.claim.result.names_locks:
            raise ProtocolError("it names locks that nobody has asked for")
        try:
            self.named_locks = checked_names([*self.claim.result.locks, *event.names])
        except ValueError as exc:
            raise ProtocolError(str(exc)) from None

    def _finish(self, result: Result) -> None:
        ending = endings.told_by_child(result)
        if ending is None:
            raise ProtocolError("its result makes no sense")
        self.end(ending)

    def _pass(self, name: str) -> None:
        group = self.recorder.last_group
        result = self.claim.result
        if name == "tell":
            self.start_is_due = True
        elif name == "soft":
            self.child.kill(SOFT_LIMIT_SIGNAL)
        elif name == "hard":
            self.end(endings.hard_limit(result.time_limit, group))
        elif name == "cancel":
            self.end(
                endings.killed_after_cancel(
                    self._cancelled_by or "",
                    settings.JOBYARD["CANCEL_GRACE"],
                    group,
                    is_read_only=self._is_read_only(),
                )
            )
        elif name == "exit":
            self.child.kill()
        else:  # the reaper may have acted already; the fence will say so
            self.end(endings.lease_ran_out(settings.JOBYARD["LEASE_SECONDS"], group))

    def _is_read_only(self) -> bool:
        job = self.claim.result.job_model
        return job is not None and job.read_only

    def _bury(self) -> None:
        """The child is gone; its last words, a result perhaps, may still be in the channel."""
        while self.channel_is_open and self.ending is None:
            self.on_channel()  # ends at the end of the channel, which the child has closed by ending
        if self.ending is None:
            self.end(endings.process_died(self.child.exit_status or 0, self.recorder.last_group))
