"""
Gets snapshots that this host lacks, or that were damaged here, from a sync part; in a thread of its own.

A worker that claims a run without having its snapshot gives the run back, asks here, and takes other runs
meanwhile; no run of that revision is claimed until it has come, or until it is clear that it will not.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import Error, connections

from jobyard_repos.bundle import unpack
from jobyard_repos.errors import ReposError
from jobyard_repos.limits import TreeLimits
from jobyard_repos.snapshot import SnapshotStore
from jobyard_repos.store_lock import alone
from jobyard_server.registry.shipments import ask_for_snapshot, pieces_of, request_for
from jobyard_server.registry.snapshots import needed_digests
from jobyard_server.runs.components import alive

WAIT_SECONDS = 30.0  #: For a snapshot that nobody gives and nobody refuses.
REMEMBERED_SECONDS = 5.0  #: Then a snapshot that did not come is asked for anew by the next run.
LOOK_SECONDS = 0.1  #: Between two looks at what was asked for.

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class _Wish:
    digest: str
    revisions: set[UUID] = field(default_factory=set)  #: Whose runs wait for it.
    then: list[Callable[[], None]] = field(default_factory=list)
    is_asked: bool = False
    until: float = field(default_factory=lambda: time.monotonic() + WAIT_SECONDS)


class Courier:
    """
    Any thread may ask; the answer is that the snapshot is there, or a sentence why not.

    Args:
        store: Of this host.
        on_news: Called when one has come, or will not.
    """

    def __init__(self, store: SnapshotStore, on_news: Callable[[], None]) -> None:
        self._store = store
        self._on_news = on_news
        self._lock = threading.Lock()
        self._wishes: dict[str, _Wish] = {}
        self._problems: dict[str, tuple[str, float]] = {}  # sentence and monotonic time, by digest
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def ask(
        self, digest: str, *, revision: UUID | None = None, then: Callable[[], None] | None = None
    ) -> None:
        """
        Get it.

        Args:
            digest: Of the snapshot.
            revision: Runs of it wait.
            then: Called in the thread of the courier when it has come.
        """
        with self._lock:
            wish = self._wishes.setdefault(digest, _Wish(digest=digest))
            if revision is not None:
                wish.revisions.add(revision)
            if then is not None:
                wish.then.append(then)
        self._wake.set()

    def problem(self, digest: str) -> str:
        """Why it did not come a moment ago; empty when nothing is known."""
        with self._lock:
            sentence, at = self._problems.get(digest, ("", 0.0))
            return sentence if time.monotonic() - at < REMEMBERED_SECONDS else ""

    def awaited(self) -> list[UUID]:
        """Revisions whose runs cannot be taken yet."""
        with self._lock:
            return [revision for wish in self._wishes.values() for revision in wish.revisions]

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(LOOK_SECONDS if self._wishes else None)
            self._wake.clear()
            for wish in list(self._wishes.values()):
                if not self._stop.is_set():
                    self._look(wish)
        connections.close_all()

    def _look(self, wish: _Wish) -> None:
        try:
            problem = self._fetch(wish)
        except Error:
            log.warning("a snapshot waits for the database", extra={"snapshot": wish.digest})
            connections.close_all()
            problem = None
        except (ReposError, OSError) as exc:
            problem = str(exc)
        if problem is None and time.monotonic() >= wish.until:
            problem = f"it did not come within {WAIT_SECONDS:g} seconds; is a sync part running?"
        if problem is not None:
            self._settle(wish, problem)

    def _fetch(self, wish: _Wish) -> str | None:
        """Empty when it is here, a sentence when it will not come, None when that is still open."""
        if not wish.is_asked:
            if self._is_here(wish.digest):
                return ""
            ask_for_snapshot(wish.digest, self._store.identity())
            wish.is_asked = True
            return None
        request = request_for(wish.digest, self._store.identity())
        if request is None:
            wish.is_asked = False
            return None
        if request.answered_at is None:
            return _refusal(request.refusals)
        self._take(wish.digest)
        return ""

    def _take(self, digest: str) -> None:
        with alone(self._store.folder):  # workers of one host unpack one after the other
            if not self._is_here(digest):  # else another worker of this host was quicker, or it was repaired
                unpack(self._store, pieces_of(digest), digest, _limits())
                self._tidy(digest)
                log.info("a snapshot has come", extra={"action": "ship", "snapshot": digest})

    def _tidy(self, digest: str) -> None:
        """A store that is filled from elsewhere is emptied here; what is removed too early comes again."""
        on_disk = set(self._store.digests())
        for unneeded in on_disk - needed_digests(keep=settings.JOBYARD["SNAPSHOT_KEEP"]) - {digest}:
            self._store.remove(unneeded)
        self._store.clean_drafts()

    def _is_here(self, digest: str) -> bool:
        return self._store.has(digest) and self._store.verify(digest)

    def _settle(self, wish: _Wish, problem: str) -> None:
        with self._lock:
            self._wishes.pop(wish.digest, None)
            if problem:
                self._problems[wish.digest] = problem, time.monotonic()
            else:
                self._problems.pop(wish.digest, None)
        if problem:
            log.warning("a snapshot did not come: %s", problem, extra={"snapshot": wish.digest})
        else:
            for tell in wish.then:
                tell()
        self._on_news()


def _refusal(refusals: dict[str, str]) -> str | None:
    """Every sync part that is alive has said no."""
    living = {str(key) for key in alive().filter(kind="sync").values_list("pk", flat=True)}
    if not refusals or living - set(refusals):
        return None
    return next(iter(refusals.values()))


def _limits() -> TreeLimits:
    options = settings.JOBYARD
    return TreeLimits(files=options["SNAPSHOT_MAX_FILES"], total_bytes=options["SNAPSHOT_MAX_BYTES"])
