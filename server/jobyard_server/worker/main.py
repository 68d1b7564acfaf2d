"""A worker process: one loop, an engine that wakes it, a heartbeat that keeps its leases."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from jobyard_server.lifecycle import Stop
from jobyard_server.registry.places import snapshot_store
from jobyard_server.runs.components import announce
from jobyard_server.runs.models import Component
from jobyard_server.worker.cancel_notices import CancelNotices
from jobyard_server.worker.courier import Courier
from jobyard_server.worker.engines.base import engine
from jobyard_server.worker.heartbeat import beat_for
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.loop import WorkerLoop
from jobyard_server.worker.notice_listener import NoticeListener
from jobyard_server.worker.publication_notices import PublicationNotices
from jobyard_server.worker.zygotes import Zygotes

GRACE_SECONDS = 10.0  #: What runs may take to end after SIGTERM.
LAST_SECONDS = 2.0  #: What it may take to store the end of those that were stopped.

log = logging.getLogger(__name__)


def work(queues: list[str]) -> None:
    """Take runs from *queues* until SIGTERM; runs that do not end in time then are stopped."""
    with Stop() as stop:
        serve(queues, slots=settings.JOBYARD["WORKER_SLOTS"], stop=stop.is_set, use_engine=True)


def serve(queues: list[str], *, slots: int, stop: Callable[[], bool], use_engine: bool = False) -> None:
    """Take runs from *queues* until *stop* says so; without an engine by looking for them."""
    inbox, zygotes = Inbox(), Zygotes()
    with ExitStack() as exits:
        exits.callback(zygotes.stop)
        zygotes.start()
        me = exits.enter_context(_announced(queues, slots, inbox))
        signal.set_wakeup_fd(inbox.wake_descriptor, warn_on_full_buffer=False)
        exits.callback(signal.set_wakeup_fd, -1)
        courier = exits.enter_context(Courier(snapshot_store(), inbox.wake_up))
        notices = PublicationNotices(me.pk, courier)
        exits.enter_context(NoticeListener(CancelNotices(inbox), notices))
        if use_engine:
            exits.enter_context(engine().consume(queues, inbox.wake_up))
        log.info("worker is ready", extra={"queues": queues, "slots": slots})
        _loop(WorkerLoop(me.pk, queues, slots, inbox, zygotes, courier=courier), stop)
    log.info("worker has ended")


@contextmanager
def _announced(queues: list[str], slots: int, inbox: Inbox) -> Iterator[Component]:
    known: list[Component] = []

    def beat() -> None:
        beat_for(known[0].pk, inbox)

    with announce("worker", queues, slots, beside=beat) as me:
        known.append(me)
        yield me


def _loop(loop: WorkerLoop, stop: Callable[[], bool]) -> None:
    while not stop():
        loop.turn()
    _finish(loop, GRACE_SECONDS)
    loop.abandon()
    _finish(loop, LAST_SECONDS)
    loop.close()


def _finish(loop: WorkerLoop, seconds: float) -> None:
    """Let runs end, without taking new ones."""
    end = time.monotonic() + seconds
    while loop.runs and time.monotonic() < end:
        loop.turn(takes_new_runs=False)
