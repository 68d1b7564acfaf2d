"""
The one loop of a worker: wakes, children, deadlines and batches, in a single thread.

Other threads (the engine's, the heartbeat's) only put words into its inbox.
"""

from __future__ import annotations

import logging
import selectors
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import Error, connection

from jobyard_server.isolation.zygote import ZygoteError
from jobyard_server.worker import endings
from jobyard_server.worker.active_run import ActiveRun
from jobyard_server.worker.claims import Claim, claim_next, give_back, start_if_ours
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.launch import launch
from jobyard_server.worker.snapshots import Snapshots
from jobyard_server.worker.standby import Standby

LONGEST_WAIT = 1.0  #: Seconds; bounds how late a lost wake-up of any kind is noticed.
POLL_SECONDS = 5.0  #: Between two looks for runs that no message announced.

log = logging.getLogger(__name__)


class WorkerLoop:
    """Claims runs while there is a free slot, and supervises them to their stored end."""

    def __init__(self, worker: UUID, queues: list[str], slots: int, inbox: Inbox, standby: Standby) -> None:
        self.runs: list[ActiveRun] = []
        self._worker = worker
        self._queues = queues
        self._slots = slots
        self._inbox = inbox
        self._standby = standby
        self._snapshots = Snapshots()
        self._may_have_work = True
        self._next_poll = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(inbox.fileno(), selectors.EVENT_READ, self._read_inbox)
        self._watched_zygote = -1

    def turn(self, *, takes_new_runs: bool = True) -> None:
        """Wait for something to happen and deal with it."""
        self._watch_zygote()
        for key, _ in self._selector.select(self._seconds_to_wait()):
            handle: Callable[[], None] = key.data
            handle()
        self._standby.zygote.pump()
        for run in list(self.runs):
            self._look_after(run)
        if takes_new_runs:
            self._claim_one()
        if all(run.has_started or run.ending for run in self.runs):  # a fork would slow down those that begin
            self._standby.refill()

    def abandon(self) -> None:
        """The time to end has come: stop what still runs, and say so in its log."""
        for run in self.runs:
            run.end(endings.worker_stopped(run.recorder.last_group))

    def close(self) -> None:
        self._selector.close()

    # What the inbox brings

    def _read_inbox(self) -> None:
        words = self._inbox.take()
        self._may_have_work = self._may_have_work or words.wake_ups > 0
        for run_id, user in words.cancels:
            for run in self.runs:
                if run.claim.result.pk == run_id:
                    run.cancel(user)
        if words.renewal is not None:
            for run in self.runs:
                self._apply_renewal(run, words.renewal.sent_at, words.renewal.fences)

    def _apply_renewal(self, run: ActiveRun, sent_at: float, fences: dict[UUID, int]) -> None:
        if run.claimed_at > sent_at or run.ending is not None:
            return
        if fences.get(run.claim.result.pk) == run.claim.fence:
            run.lease_renewed(sent_at)
        else:
            run.lose()

    # Looking after runs

    def _look_after(self, run: ActiveRun) -> None:
        try:
            run.tick()
            self._tell_start(run)
            self._store(run)
        except Error:
            # Nothing is lost: rows and ending stay with the run, and the next turn tries again.
            log.warning("the database does not answer", extra={"run": str(run.claim.result.pk)})
            connection.close()
        if not run.channel_is_open:
            self._forget(run.child.channel)
        if not run.console.is_open:
            self._forget(run.child.console)
        if run.is_over:
            self._finish(run)

    def _tell_start(self, run: ActiveRun) -> None:
        if run.has_started and not run.start_is_known and run.ending is None:
            run.start_is_known = True
            if not start_if_ours(run.claim):
                run.lose()

    def _store(self, run: ActiveRun) -> None:
        if run.is_stored or run.is_lost:
            return
        if run.ending is not None:
            is_ours = endings.store(run.claim, run.ending, run.recorder, run.console.text)
            run.is_stored, run.is_lost = is_ours, not is_ours
            self._may_have_work = True
        elif run.recorder.is_due and not run.recorder.flush():
            run.lose()

    def _finish(self, run: ActiveRun) -> None:
        self._forget(run.child.channel)
        self._forget(run.child.console)
        run.close()
        self.runs.remove(run)
        shutil.rmtree(run.scratch, ignore_errors=True)
        self._may_have_work = True

    # New runs

    def _claim_one(self) -> None:
        now = time.monotonic()
        if now >= self._next_poll:
            self._may_have_work, self._next_poll = True, now + POLL_SECONDS
        if self._may_have_work and self._has_free_slot():
            try:
                claim = claim_next(self._worker, self._queues)
            except Error:
                log.warning("no claim: the database does not answer")
                connection.close()
                return
            if claim is None:
                self._may_have_work = False
            else:
                self._start(claim)

    def _has_free_slot(self) -> bool:
        return sum(not run.is_stored for run in self.runs) < self._slots

    def _start(self, claim: Claim) -> None:
        try:
            run = launch(claim, self._standby, self._snapshots)
        except ZygoteError:
            log.exception("no child for a run; it waits again", extra={"run": str(claim.result.pk)})
            give_back(claim)
            self._may_have_work, self._next_poll = False, time.monotonic() + 1.0
            return
        self.runs.append(run)
        if not run.child.has_ended:
            self._selector.register(run.child.channel, selectors.EVENT_READ, run.on_channel)
            self._selector.register(run.child.console, selectors.EVENT_READ, run.on_console)

    # Waiting

    def _seconds_to_wait(self) -> float:
        if self._may_have_work and self._has_free_slot():
            return 0.0
        moments = [moment for run in self.runs for moment in (run.deadlines.next, run.recorder.due) if moment]
        moments.append(self._next_poll)
        return max(0.0, min(LONGEST_WAIT, min(moments) - time.monotonic()))

    def _watch_zygote(self) -> None:
        """The zygote may be another one than at the last turn."""
        descriptor = self._standby.zygote.fileno()
        if descriptor == self._watched_zygote:
            return
        self._forget(self._watched_zygote)
        if descriptor >= 0:
            self._selector.register(descriptor, selectors.EVENT_READ, self._standby.zygote.pump)
        self._watched_zygote = descriptor

    def _forget(self, watched: object) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(watched)  # type: ignore[arg-type]  # a closed socket is no descriptor
