"""
The steps of one sync of a Git repository: fetch, snapshot, inspect, publish.

Every step may fail without harm: what is in service stays, and the result of the sync says why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from jobyard import statuses
from jobyard.discovery import find_modules
from jobyard.events import LogRow
from jobyard.spec import ModuleReport
from jobyard_repos.errors import ReposError
from jobyard_repos.mirror import Commit
from jobyard_repos.snapshot import Snapshot
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import SyncLease, take_lease
from jobyard_server.registry.models import GIT, GitRepository, Source
from jobyard_server.registry.publish import Published, RevisionFacts, publish
from jobyard_server.registry.repository_fields import JOBS
from jobyard_server.registry.requests import is_automatic
from jobyard_server.registry.sources import job_path
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.runs.models import JobResult
from jobyard_sync import sync_log
from jobyard_sync.errors import Stopped, SyncError
from jobyard_sync.fetching import fetch
from jobyard_sync.freshness import is_in_service
from jobyard_sync.inspection import inspect_snapshot
from jobyard_sync.snapshot_lock import using_snapshots
from jobyard_sync.tools import Tools

logger = logging.getLogger(__name__)


def sync_repository(result: JobResult, tools: Tools) -> bool:
    """
    Carry out the sync that *result* asks for.

    Returns:
        False when there was nothing to do: another daemon syncs this source, or took the request.

    Raises:
        Stopped: The daemon was asked to end; the result stays as it is for ``end_lost_syncs``.
        OperationalError, InterfaceError: The database is gone; likewise.
    """
    sync = _begin(result, tools)
    if sync is None:
        return False
    with tools.keeper.keeping(sync.lease):
        sync.run()
    return True


def _begin(result: JobResult, tools: Tools) -> RepositorySync | None:
    with transaction.atomic():
        source = Source.objects.select_related("git_repository").get(results=result)
        if source.git_repository is None:
            return None  # deleted a moment ago, and its requests with it
        lease = take_lease(source, holder=tools.holder)
        if lease is None:
            return None
        record = SyncRecord(result)
        if not record.begin(lease):
            lease.release()
            return None
        record.add(sync_log.begun(source.git_repository.name))
    return RepositorySync(source, source.git_repository, record, lease, tools)


class RepositorySync:
    """One sync under its lease, from the first row of its log to its end."""

    def __init__(
        self, source: Source, repository: GitRepository, record: SyncRecord, lease: SyncLease, tools: Tools
    ) -> None:
        self.lease = lease
        self._source = source
        self._repository = repository
        self._record = record
        self._tools = tools
        self._started = time.monotonic()

    def run(self) -> None:
        try:
            self._sync()
        except LeaseLost as exc:
            self._end_without_lease(exc)
        except (Stopped, OperationalError, InterfaceError):
            raise  # nothing can be written now
        except (ReposError, SecretUnreadable, SyncError) as exc:
            self._fail(str(exc))
        except Exception as exc:
            logger.exception("sync failed", extra={"action": "sync", "source": self._source.key})
            self._fail(f"jobyard failed at it ({type(exc).__name__}); the log of its sync part says more.")

    def _sync(self) -> None:
        # 1. Ask the remote what the branch means now, and fetch that commit.
        commit = fetch(self._repository, self._tools.mirror_of(self._repository))
        with using_snapshots(self._tools.lock_file):
            # 2. Its files, complete on disk; verified also when they were there before.
            snapshot = self._take_snapshot(commit)
            self._log_commit(commit, snapshot)
            if self._has_nothing_to_do(commit, snapshot):
                self._end_unchanged()
                return
            # 3. What the modules say of themselves.
            reports = self._inspect(snapshot)
            # 4. Into service, module by module, in one transaction.
            published = publish(self.lease, _facts(commit, snapshot), reports)
        # 5. Tell what happened.
        self._end(published, reports)

    def _take_snapshot(self, commit: Commit) -> Snapshot:
        if self._tools.should_stop():
            raise Stopped
        mirror = self._tools.mirror_of(self._repository)
        return self._tools.store.add_commit(mirror, commit.id, self._tools.tree_limits)

    def _log_commit(self, commit: Commit, snapshot: Snapshot) -> None:
        rows = sync_log.fetched(self._repository.name, commit.id, [*commit.notes, *snapshot.notes])
        others = [item for item in self._repository.provided_contents if item != JOBS]
        self._record.add(*rows, *map(sync_log.not_read, others))

    def _has_nothing_to_do(self, commit: Commit, snapshot: Snapshot) -> bool:
        """Somebody who asks gets every module read again: what they compute at import may be old."""
        return is_automatic(self._record.result) and is_in_service(self._source, commit.id, snapshot.digest)

    def _inspect(self, snapshot: Snapshot) -> list[ModuleReport]:
        if JOBS not in self._repository.provided_contents:
            return []
        folder = snapshot.path / job_path(GIT)
        rows = [sync_log.refreshing_jobs()]
        if not folder.is_dir():
            rows.append(sync_log.no_jobs_folder())
        elif not (folder / "__init__.py").is_file():
            rows.append(sync_log.no_init_file())
        self._record.add(*rows)
        return inspect_snapshot(
            self._tools.zygote,
            root=snapshot.path,
            job_path=job_path(GIT),
            source=self._source.key,
            digest=snapshot.digest,
            modules=find_modules(snapshot.path, job_path(GIT)),
            should_stop=self._tools.should_stop,
        )

    def _end(self, published: Published, reports: Sequence[ModuleReport]) -> None:
        status = statuses.FAILED if published.failed else statuses.COMPLETED
        with transaction.atomic():
            self._record.add(*sync_log.published_rows(published, reports), *self._last_rows())
            self._record.end(status)
        logger.info("published", extra={"action": "publish", "source": self._source.key, "status": status})

    def _end_unchanged(self) -> None:
        with transaction.atomic():
            self._note_on_source("")
            self._record.add(sync_log.unchanged(), *self._last_rows())
            self._record.end(statuses.COMPLETED)

    def _last_rows(self) -> list[LogRow]:
        return sync_log.completed(self._repository.name, time.monotonic() - self._started)

    def _fail(self, sentence: str) -> None:
        """Nothing could be read; what was published before is untouched."""
        logger.warning(
            "sync ended early", extra={"action": "sync", "source": self._source.key, "error": sentence}
        )
        try:
            with transaction.atomic():
                self._note_on_source(sentence)
                self._record.add(sync_log.failed(self._repository.name, sentence))
                self._record.end(statuses.ERRORED, statuses.EXCEPTION)
        except LeaseLost as exc:
            self._end_without_lease(exc)

    def _end_without_lease(self, exc: LeaseLost) -> None:
        """The result may have been ended by whoever noticed first; then there is nothing to add."""
        logger.warning("sync lost its lease", extra={"action": "sync", "source": self._source.key})
        if self._record.end(statuses.ERRORED, statuses.WORKER_LOST):
            self._record.add(sync_log.failed(self._repository.name, str(exc)))

    def _note_on_source(self, error: str) -> None:
        ours = Source.objects.filter(pk=self._source.pk, fence=self.lease.fence)
        ours.update(error=error, last_synced=timezone.now())


def _facts(commit: Commit, snapshot: Snapshot) -> RevisionFacts:
    return RevisionFacts(
        identifier=commit.id,
        snapshot_digest=snapshot.digest,
        author=commit.author,
        message=commit.message,
        committed_at=commit.committed_at,
    )
