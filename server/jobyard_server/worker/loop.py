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

from django.db import DataError, Error, IntegrityError, connection

from jobyard_repos.fail_points import fail_point
from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker import endings
from jobyard_server.worker.active_run import ActiveRun
from jobyard_server.worker.claims import Claim, claim_next, give_back, start_if_ours
from jobyard_server.worker.courier import Courier
from jobyard_server.worker.errors import SnapshotAwaited
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.late import note_late_end
from jobyard_server.worker.launch import launch
from jobyard_server.worker.snapshots import Snapshots
from jobyard_server.worker.spool import deliver, spool
from jobyard_server.worker.zygotes import Zygotes

LONGEST_WAIT = 1.0  #: Seconds; bounds how late a lost wake-up of any kind is noticed.
TROUBLE_SECONDS = 1.0  #: Until the next claim after no child could be had.
POLL_SECONDS = 5.0  #: Between two looks for runs that no message announced.
#: What asking again does not help against; author code that forges frames can cause it, and must not stop us.
UNSTORABLE = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
OUTAGE_SECONDS = 1.0  #: Between two tries while the database does not answer.

log = logging.getLogger(__name__)


class WorkerLoop:
    """Claims runs while there is a free slot, and supervises them to their stored end."""

    def __init__(
        self,
        worker: UUID,
        queues: list[str],
        slots: int,
        inbox: Inbox,
        zygotes: Zygotes,
        *,
        courier: Courier | None = None,
    ) -> None:
        self.runs: list[ActiveRun] = []
        self._worker = worker
        self._queues = queues
        self._slots = slots
        self._inbox = inbox
        self._zygotes = zygotes
        self._courier = courier
        self._snapshots = Snapshots(worker, courier)
        self._returned: list[Claim] = []  # claimed, not started, to wait again
        self._may_have_work = True
        self._next_poll = 0.0
        self._claims_from = 0.0  # monotonic; after no child could be had
        self._not_before = 0.0  # monotonic; the next try after the database did not answer
        self._selector = selectors.DefaultSelector()
        self._selector.register(inbox.fileno(), selectors.EVENT_READ, self._read_inbox)
        self._selector.register(zygotes.children.fileno(), selectors.EVENT_READ, zygotes.children.pump)

    def turn(self, *, takes_new_runs: bool = True) -> None:
        """Wait for something to happen and deal with it."""
        for key, _ in self._selector.select(self._seconds_to_wait()):
            handle: Callable[[], None] = key.data
            handle()
        for run in list(self.runs):
            self._look_after(run)
        if takes_new_runs:
            self._claim_one()
        self._give_all_back()
        if all(run.has_started or run.ending for run in self.runs):  # a fork would slow down those that begin
            self._zygotes.look()

    @property
    def _asks_database(self) -> bool:
        return time.monotonic() >= self._not_before

    def _note_outage(self, what: str) -> None:
        """Nothing is lost: rows and endings stay with their runs until the database is back."""
        log.warning("%s: the database does not answer", what)
        connection.close()
        self._not_before = time.monotonic() + OUTAGE_SECONDS

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
        run.tick()
        if self._asks_database:
            try:
                self._tell_start(run)
                self._give_back(run)
                self._store(run)
            except UNSTORABLE:
                log.exception(
                    "the database refuses what a run tells", extra={"run": str(run.claim.result.pk)}
                )
                run.spoil()
            except Error:
                self._note_outage("a run could not be stored")
        if not self._asks_database:
            self._spool(run)
        self._listen(run)
        if not run.console.is_open:
            self._forget(run.child.console)
        if run.is_over:
            self._finish(run)

    def _listen(self, run: ActiveRun) -> None:
        """A run with much that is not stored yet is not read from: it waits, and our memory stays small."""
        listens = run.channel_is_open and not run.recorder.is_full
        if listens and not run.is_heard:
            self._selector.register(run.child.channel, selectors.EVENT_READ, run.on_channel)
        elif run.is_heard and not listens:
            self._forget(run.child.channel)
        run.is_heard = listens

    def _tell_start(self, run: ActiveRun) -> None:
        if run.start_is_due and not run.start_is_known and run.ending is None:
            run.start_is_known = True
            if not start_if_ours(run.claim, run.sandbox):
                run.lose()

    def _give_back(self, run: ActiveRun) -> None:
        """
        It waits again: its own code has named what it locks, now for all of that; or the host had no room
        for its process, so none of its code has run.
        """
        if run.is_lost:
            return
        if run.named_locks is not None:
            give_back(run.claim, names_locks=False, locks=run.named_locks)
            run.lose()
        elif run.child.could_not_fork:
            log.error("no process for a run; it waits again", extra={"run": str(run.claim.result.pk)})
            give_back(run.claim)
            self._claims_from = time.monotonic() + TROUBLE_SECONDS
            run.lose()

    def _store(self, run: ActiveRun) -> None:
        if run.is_stored or run.is_lost:
            return
        if run.ending is not None:
            fail_point("worker.before_store")
            is_ours = endings.store(run.claim, run.ending, run.recorder, run.console.text, run.sandbox)
            if not is_ours:
                note_late_end(run.claim, run.ending)
            run.is_stored, run.is_lost = is_ours, not is_ours
            fail_point("worker.stored")
            self._may_have_work = True
        elif run.recorder.is_due and not run.recorder.flush():
            run.lose()

    def _spool(self, run: ActiveRun) -> None:
        """An end that cannot be stored now must outlive this process."""
        if run.ending is None or run.spooled is not None or run.is_stored or run.is_lost:
            return
        try:
            run.spooled = spool(run.claim, run.ending, run.recorder, run.console.text, run.sandbox)
        except OSError:
            log.exception("an end could not be spooled", extra={"run": str(run.claim.result.pk)})

    def _finish(self, run: ActiveRun) -> None:
        if run.spooled is not None:
            run.spooled.discard()
        self._hold(run.claim, held=False)
        self._forget(run.child.channel)
        self._forget(run.child.console)
        run.close()
        self.runs.remove(run)
        shutil.rmtree(run.scratch, ignore_errors=True)
        self._may_have_work = True

    # New runs

    def _give_all_back(self) -> None:
        """Runs that were claimed and not started wait again; no code of theirs has run."""
        while self._returned and self._asks_database:
            try:
                give_back(self._returned[-1])
            except Error:
                self._note_outage("a run could not be given back")
            else:
                self._hold(self._returned.pop(), held=False)
                self._may_have_work = True

    def _claim_one(self) -> None:
        now = time.monotonic()
        if now >= self._next_poll and self._asks_database:
            self._may_have_work, self._next_poll = True, now + POLL_SECONDS
            self._deliver()
        if self._may_claim():
            fail_point("worker.before_claim")
            try:
                claim = claim_next(self._worker, self._queues, without=self._awaited())
            except Error:
                self._note_outage("no run could be claimed")
                return
            if claim is None:
                self._may_have_work = False
            else:
                self._start(claim)

    def _awaited(self) -> list[UUID]:
        """Revisions whose snapshots are on their way here."""
        return self._courier.awaited() if self._courier else []

    def _may_claim(self) -> bool:
        if not self._may_have_work or time.monotonic() < self._claims_from:
            return False
        return self._has_free_slot() and self._asks_database

    def _has_free_slot(self) -> bool:
        return sum(not run.is_stored for run in self.runs) < self._slots

    def _deliver(self) -> None:
        """Ends that workers before this one could not store."""
        try:
            deliver()
        except Error:
            self._note_outage("an end that waits on the disk could not be stored")

    def _hold(self, claim: Claim, *, held: bool) -> None:
        key = {claim.result.pk}
        self._inbox.held = self._inbox.held | key if held else self._inbox.held - key

    def _start(self, claim: Claim) -> None:
        self._hold(claim, held=True)
        fail_point("worker.claimed")
        try:
            run = launch(claim, self._zygotes, self._snapshots)
        except SnapshotAwaited:
            self._returned.append(claim)
            return
        except ZygoteError:
            log.exception("no child for a run; it waits again", extra={"run": str(claim.result.pk)})
            self._returned.append(claim)
            self._claims_from = time.monotonic() + TROUBLE_SECONDS
            return
        except Error:
            self._note_outage("a run could not be started")
            self._returned.append(claim)
            return
        self.runs.append(run)
        if not run.child.has_ended:
            self._listen(run)
            self._selector.register(run.child.console, selectors.EVENT_READ, run.on_console)

    # Waiting

    def _seconds_to_wait(self) -> float:
        if self._may_claim():
            return 0.0
        stores = [run.recorder.due for run in self.runs if run.recorder.due is not None]
        asks = [max(self._not_before, moment) for moment in (*stores, self._next_poll)]
        acts = [run.deadlines.next for run in self.runs if run.deadlines.next is not None]
        return max(0.0, min(LONGEST_WAIT, min(asks + acts) - time.monotonic()))

    def _forget(self, watched: object) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(watched)  # type: ignore[arg-type]  # a closed socket is no descriptor
