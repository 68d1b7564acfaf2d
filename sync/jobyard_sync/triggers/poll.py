"""Looks at remotes by the clock, and at once where a folder of this machine has changed."""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from django.db import Error, connections

from jobyard_repos.errors import FetchError, InvalidRemoteUrl, ReposError
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.remote_models import RemoteWatch
from jobyard_server.registry.watches import add_missing, claim, due, look_now, note_failure, note_seen
from jobyard_sync.errors import SyncError
from jobyard_sync.fetching import host_of, look, remote_of
from jobyard_sync.tools import Tools
from jobyard_sync.triggers.remote_folders import RemoteFolders

LOOKS_AT_ONCE = 8
LOOKS_PER_HOST = 2  #: A slow forge delays its own repositories, not the others.
TICK_SECONDS = 1.0
REVIEW_SECONDS = 5.0  #: Between two looks for new repositories.

logger = logging.getLogger(__name__)


class Poller:
    """One thread that hands out looks, and a few that carry them out."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._changed: set[UUID] = set()
        self._busy: Counter[str] = Counter()  # looks under way, by host
        self._lock = threading.Lock()  # guards the two above
        self._folders = RemoteFolders(self._note_change)
        self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="look")
        self._thread = threading.Thread(target=self._run, name="poll", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=2 * TICK_SECONDS)
        self._folders.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _note_change(self, repositories: Collection[UUID]) -> None:
        with self._lock:
            self._changed.update(repositories)
        self._wake.set()

    def _run(self) -> None:
        since_review = REVIEW_SECONDS
        while not self._stop.is_set():
            try:
                if since_review >= REVIEW_SECONDS:
                    self._review()
                    since_review = 0.0
                self.turn()
            except Error:
                logger.warning("polling waits for the database", extra={"action": "poll"})
                connections.close_all()
            except Exception:  # one poisoned row must not stop the loop
                logger.exception("polling failed", extra={"action": "poll"})
                connections.close_all()
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()
            since_review += TICK_SECONDS
        connections.close_all()

    def turn(self) -> None:
        """Hand out the looks that are due and find a place."""
        with self._lock:
            changed, self._changed = self._changed, set()
        if changed:
            look_now(changed)
        for watch in due(most=10 * LOOKS_AT_ONCE):
            host = host_of(watch.repository.remote_url)
            if self._has_place(host) and claim(watch):
                with self._lock:
                    self._busy[host] += 1
                self._pool.submit(self._look, watch, host)

    def _has_place(self, host: str) -> bool:
        with self._lock:
            return self._busy[host] < LOOKS_PER_HOST and self._busy.total() < LOOKS_AT_ONCE

    def _look(self, watch: RemoteWatch, host: str) -> None:
        try:
            look_at(watch, self._tools)
        except Error:
            logger.warning("a look was lost with the database", extra={"action": "poll"})
        except Exception:  # see above
            logger.exception("a look failed", extra={"action": "poll", "repository": str(watch.pk)})
        finally:
            connections.close_all()
            with self._lock:
                self._busy[host] -= 1
            self._wake.set()

    def _review(self) -> None:
        add_missing()
        found: defaultdict[Path, set[UUID]] = defaultdict(set)
        for row in GitRepository.objects.filter(remote_url__startswith="file:"):
            try:
                found[Path(remote_of(row).file_path)].add(row.pk)
            except InvalidRemoteUrl:  # folders are not allowed any more; its next sync says so
                continue
        self._folders.watch({path: frozenset(keys) for path, keys in found.items()})


def look_at(watch: RemoteWatch, tools: Tools) -> None:
    """One look at one remote."""
    repository = watch.repository
    try:
        found = look(repository, tools.mirror_of(repository))
    except (ReposError, SecretUnreadable, SyncError) as exc:
        wait = exc.retry_after_seconds if isinstance(exc, FetchError) else None
        note_failure(watch, str(exc), retry_after_seconds=wait)
        logger.info("look failed", extra={"action": "poll", "repository": repository.slug, "error": str(exc)})
    else:
        if note_seen(watch, found):
            logger.info("news at a remote", extra={"action": "poll", "repository": repository.slug})
