"""One run that this worker holds: its child, its deadlines, and what became of it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from jobyard import statuses
from jobyard.events import Event, GroupOpened, LogRow, Progress, Result, Started, from_frame
from jobyard.interrupts import CANCEL_SIGNAL, SOFT_LIMIT_SIGNAL
from jobyard_server.isolation.frames import Frame, ProtocolError
from jobyard_server.isolation.zygote import ChildProcess
from jobyard_server.worker import endings
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.console import Console
from jobyard_server.worker.deadlines import Deadlines
from jobyard_server.worker.endings import Ending
from jobyard_server.worker.recorder import Recorder

EXIT_SECONDS = 2.0  #: A child that has reported its result must be gone after this time.


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
        self.deadlines = Deadlines()
        self.ending: Ending | None = None
        self.is_stored = False
        self.is_lost = False  #: It is not ours any more: nothing of it may be written.
        self.has_started = False
        self.start_is_known = False  #: The row says so.
        self.channel_is_open = True
        self._nonce = ""
        self._cancelled_by: str | None = None

    @property
    def is_over(self) -> bool:
        return self.child.has_ended and (self.is_stored or self.is_lost)

    def begin(self, task: Frame) -> None:
        """Hand the task over; from now on author code may run."""
        self._nonce = task["nonce"]
        result = self.claim.result
        self.deadlines.set("hard", result.time_limit)
        self.lease_renewed(time.monotonic())
        try:
            self.child.send(task)
        except OSError:
            self.child.kill()  # it died before it could begin; its exit status will say how

    def lease_renewed(self, at: float) -> None:
        """The database accepted a heartbeat that was sent at *at* (monotonic)."""
        self.deadlines.set_at("lease", at + 0.8 * settings.JOBYARD["LEASE_SECONDS"])

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

    def tick(self) -> None:
        """Act on deadlines that have passed, and on the end of the child."""
        for name in self.deadlines.take_passed():
            self._pass(name)
        if self.child.has_ended and self.ending is None and not self.is_lost:
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
        if frame.pop("nonce", None) != self._nonce or self.ending is not None:
            return
        try:
            event = from_frame(frame)
        except ValueError as exc:
            raise ProtocolError(str(exc)) from None
        self._record(event)

    def _record(self, event: Event) -> None:
        if isinstance(event, LogRow):
            self.recorder.add(event)
        elif isinstance(event, GroupOpened):
            self.recorder.open_group(str(event.grouping)[:100])
        elif isinstance(event, Progress):
            self.recorder.set_progress(event)
        elif isinstance(event, Started):
            self._start()
        elif isinstance(event, Result):
            self._finish(event)

    def _start(self) -> None:
        self.has_started = True
        soft = self.claim.result.soft_time_limit
        self.deadlines.set("soft", soft)

    def _finish(self, result: Result) -> None:
        ending = endings.told_by_child(result)
        if ending is None:
            raise ProtocolError("its result makes no sense")
        self.end(ending)

    def _pass(self, name: str) -> None:
        group = self.recorder.last_group
        result = self.claim.result
        if name == "soft":
            self.child.kill(SOFT_LIMIT_SIGNAL)
        elif name == "hard":
            self.end(endings.hard_limit(result.time_limit, group))
        elif name == "cancel":
            self.end(
                endings.killed_after_cancel(
                    self._cancelled_by or "", group, is_read_only=self._is_read_only()
                )
            )
        elif name == "exit":
            self.child.kill()
        else:
            self.lose()  # the lease ran out: the reaper may have acted already

    def _is_read_only(self) -> bool:
        job = self.claim.result.job_model
        return job is not None and job.read_only

    def _bury(self) -> None:
        """The child is gone; its last words, a result perhaps, may still be in the channel."""
        while self.channel_is_open and self.ending is None:
            self.on_channel()  # ends at the end of the channel, which the child has closed by ending
        if self.ending is None:
            self.end(endings.process_died(self.child.exit_status or 0, self.recorder.last_group))
