"""Which parts of jobyard are alive: each one keeps a row fresh while it runs."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version

from django.conf import settings
from django.db import Error, connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from jobyard_repos.process_ids import is_process
from jobyard_server.runs.models import Component
from jobyard_server.runs.pid_space import pid_space

KINDS = ("sync", "worker", "scheduler")  #: What a complete installation has besides the web part.

log = logging.getLogger(__name__)


@contextmanager
def announce(
    kind: str, queues: Iterable[str] = (), slots: int = 0, *, beside: Callable[[], None] = lambda: None
) -> Iterator[Component]:
    """
    Be known as alive while the block runs.

    Args:
        kind: web, sync, worker or scheduler.
        queues: Of a worker: the queues it takes runs from.
        slots: Of a worker: runs it supervises at once.
        beside: Called at every beat, in the thread and on the connection of the beat.
    """
    me = Component(
        kind=kind,
        hostname=socket.gethostname(),
        pid=os.getpid(),
        pid_space=pid_space(),
        queues=list(queues),
        slots=slots,
        version=version("jobyard"),
    )
    _be_known(me)
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(me, stop, beside), name=f"{kind}-heartbeat", daemon=True)
    beat.start()
    try:
        yield me
    finally:
        stop.set()
        beat.join(timeout=5)
        _be_forgotten(me)


def living_workers() -> set[str]:
    """Ids of the workers that are alive."""
    return {str(key) for key in alive().filter(kind="worker").values_list("pk", flat=True)}


def alive() -> QuerySet[Component]:
    """Parts whose last beat is younger than a lease."""
    return Component.objects.filter(
        heartbeat_at__gt=Now() - timedelta(seconds=settings.JOBYARD["LEASE_SECONDS"])
    )


def component_states() -> dict[str, str]:
    """``ok`` or ``missing`` for each kind of part that must be there."""
    found = set(alive().values_list("kind", flat=True))
    return {kind: "ok" if kind in found else "missing" for kind in KINDS}


def has_worker(queue: str) -> bool:
    return alive().filter(kind="worker", queues__contains=[queue]).exists()


def dead_here() -> list[Component]:
    """Parts whose process we would see, and which is gone: their lease need not be awaited."""
    return [item for item in Component.objects.filter(pid_space=pid_space()) if not is_process(item.pid)]


def _be_known(me: Component) -> None:
    known = Component.objects.filter(pk=me.pk).update(heartbeat_at=Now())
    if not known:
        me.heartbeat_at = Now()
        me.save(force_insert=True)


def _be_forgotten(me: Component) -> None:
    try:
        Component.objects.filter(pk=me.pk).delete()
    except Error:
        log.info("the database is gone already; the sign of life ends by itself", extra={"kind": me.kind})


def _beat(me: Component, stop: threading.Event, beside: Callable[[], None]) -> None:
    while not stop.wait(settings.JOBYARD["HEARTBEAT_SECONDS"]):
        try:
            _be_known(me)
            beside()
        except Error:
            log.warning("no heartbeat: the database does not answer", extra={"kind": me.kind})
            connection.close()
    connection.close()
