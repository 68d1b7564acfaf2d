"""
The steps of one sync of a Git repository: fetch, snapshot, inspect, publish.

Every step may fail without harm: what is in service stays, and the result of the sync says why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from jobyard import statuses
from jobyard.events import LogRow
from jobyard.job_files import find_job_files
from jobyard_repos.errors import ReposError
from jobyard_repos.fail_points import fail_point
from jobyard_repos.history import changed_files
from jobyard_repos.mirror import Commit
from jobyard_repos.snapshot import Snapshot
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.registry.errors import LeaseLost, NotPublished, PolicyChanged
from jobyard_server.registry.history_models import SYNC
from jobyard_server.registry.leases import SyncLease, take_lease
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.publish import (
    Findings,
    Published,
    PublishTerms,
    RevisionFacts,
    publish,
    try_publish,
)
from jobyard_server.registry.publish_terms import FileChange
from jobyard_server.registry.repository_fields import JOBS
from jobyard_server.registry.requests import is_automatic, is_dry_run, wants_refresh
from jobyard_server.registry.signatures import SignatureFacts, note_signature
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.registry.sync_times import StepClock
from jobyard_server.runs.components import living_workers
from jobyard_server.runs.models import JobResult
from jobyard_sync import sync_log
from jobyard_sync.dependency_files import dependency_sentences
from jobyard_sync.errors import Stopped, SyncError
from jobyard_sync.freshness import is_in_service
from jobyard_sync.reading import read_modules
from jobyard_sync.renames import module_renames
from jobyard_sync.resolving import Resolved, resolve
from jobyard_sync.snapshot_lock import using_snapshots
from jobyard_sync.tools import Tools
from jobyard_sync.trust import judge, warning

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
        source = Source.objects.select_related("git_repository", "revision").get(results=result)
        if source.git_repository is None:
            return None  # deleted a moment ago, and its requests with it
        lease = take_lease(source, holder=tools.holder)
        if lease is None:
            return None
        record = SyncRecord(result)
        if not record.begin(lease):
            lease.release()
            return None
        fail_point("sync.lock")
        record.add(_first_row(source.git_repository, record))
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
        self._mirror = tools.mirror_of(repository)
        self._started = time.monotonic()
        self._clock = StepClock(record.result)

    def run(self) -> None:
        try:
            self._sync()
        except LeaseLost as exc:
            self._end_without_lease(exc)
        except (Stopped, OperationalError, InterfaceError):
            raise  # nothing can be written now
        except NotPublished as exc:
            self._end_unpublished(exc)
        except (ReposError, SecretUnreadable, SyncError, PolicyChanged) as exc:
            self._fail(str(exc))
        except Exception as exc:
            logger.exception("sync failed", extra={"action": "sync", "source": self._source.key})
            self._fail(f"jobyard failed at it ({type(exc).__name__}); the log of its sync part says more.")

    def _sync(self) -> None:
        # 1. What should be in service: a decision, or what the branch means now; fetch it.
        fail_point("fetch.start")
        resolved = resolve(self._repository, self._source, self._mirror)
        fail_point("fetch.done")
        self._clock.done("fetched")
        # Who signed it: before anything of it is written, and of exactly the commit that will be.
        verdict = judge(self._repository, self._source, self._mirror, resolved)
        fail_point("verify.done")
        with using_snapshots(self._tools.lock_file):
            # 2. Its files, complete on disk; verified also when they were there before.
            commit = resolved.commit
            fail_point("sync.resolved")
            snapshot = self._take_snapshot(commit)
            self._clock.done("snapshot")
            rows = self._commit_rows(resolved, snapshot, verdict)
            if self._has_nothing_to_do(commit, snapshot):
                note_signature(self._source.pk, commit.id, verdict)
                self._end_unchanged(rows)
                return
            # 3. What the modules say of themselves.
            with ThreadPoolExecutor(1, thread_name_prefix="sync-compare") as beside:
                comparing = beside.submit(self._changed_files, commit)  # git compares meanwhile
                found = self._inspect(snapshot, comparing.result, rows)
                files = comparing.result()
            fail_point("inspect.done")
            self._clock.done("inspected")
            # 4. Into service, module by module, in one transaction.
            terms = self._terms(resolved, files)
            if is_dry_run(self._record.result):
                self._end_dry_run(
                    *try_publish(self.lease, _facts(commit, snapshot, verdict), found, terms), files
                )
                return
            fail_point("before_db")
            published = publish(self.lease, _facts(commit, snapshot, verdict), found, terms)
        # 5. Tell what happened.
        self._end(published, found)

    def _take_snapshot(self, commit: Commit) -> Snapshot:
        if self._tools.should_stop():
            raise Stopped
        return self._tools.store.add_commit(self._mirror, commit.id, self._tools.tree_limits)

    def _commit_rows(
        self, resolved: Resolved, snapshot: Snapshot, verdict: SignatureFacts | None
    ) -> list[LogRow]:
        commit = resolved.commit
        notes = [*commit.notes, *warning(verdict), *snapshot.notes]
        rows = sync_log.fetched(self._repository.name, commit.id, notes)
        others = [item for item in self._repository.provided_contents if item != JOBS]
        return [*rows, *sync_log.decided(resolved), *map(sync_log.not_read, others)]

    def _has_nothing_to_do(self, commit: Commit, snapshot: Snapshot) -> bool:
        """Somebody who asks gets what modules compute from the database at import read again."""
        result = self._record.result
        if not is_automatic(result) or wants_refresh(result):
            return False
        return is_in_service(self._source, commit.id, snapshot.digest)

    def _changed_files(self, commit: Commit) -> list[FileChange]:
        """Against the commit in service; empty when there is none, or when history was lost."""
        before = self._source.revision
        if before is None or before.identifier == commit.id:
            return []
        found = changed_files(self._mirror.folder, before.identifier, commit.id)
        return [FileChange(kind=item.kind, path=item.path, old_path=item.old_path) for item in found]

    def _inspect(
        self, snapshot: Snapshot, files: Callable[[], Sequence[FileChange]], rows: Sequence[LogRow]
    ) -> Findings:
        if JOBS not in self._repository.provided_contents:
            self._add(rows)
            return Findings(reports=[])
        job_paths = self._repository.job_paths
        job_files = find_job_files(snapshot.files, job_paths)
        wanted = dependency_sentences(snapshot.path, snapshot.files, job_paths)
        about = [*sync_log.about_folders(job_files), *sync_log.about_dependencies(wanted)]
        self._add([*rows, sync_log.refreshing_jobs(), *about])
        return read_modules(
            self._source,
            snapshot,
            job_files,
            job_paths,
            self._tools,
            inspect_all=wants_refresh(self._record.result),
            renames=lambda: module_renames(self._source, files(), job_files.modules),
        )

    def _add(self, rows: Sequence[LogRow]) -> None:
        """One commit for what is known so far: each costs as much as a step of the sync."""
        with transaction.atomic():
            self._record.add(*rows)
            self._clock.store()

    def _terms(self, resolved: Resolved, files: Sequence[FileChange]) -> PublishTerms:
        """A person who chose a revision has seen what it lacks."""
        is_push = resolved.cause == SYNC
        return PublishTerms(
            is_strict=self._repository.strict and is_push,
            removal_limit=settings.JOBYARD["REMOVAL_LIMIT"] / 100 if is_push else None,
            cause=resolved.cause,
            user=self._record.result.user,
            result=self._record.result,
            files=files,
        )

    def _end(self, published: Published, found: Findings) -> None:
        status = statuses.FAILED if published.failed else statuses.COMPLETED
        with transaction.atomic():
            self._record.add(*sync_log.published_rows(published, found.reports), *self._last_rows())
            self._end_record(status)
        logger.info("published", extra={"action": "publish", "source": self._source.key, "status": status})

    def _end_dry_run(
        self, published: Published, refusal: NotPublished | None, files: Sequence[FileChange]
    ) -> None:
        status = statuses.FAILED if published.failed else statuses.COMPLETED
        rows = sync_log.tried_rows(published, refusal, files)
        with transaction.atomic():
            self._record.add(*rows, *sync_log.tried(self._started_ago()))
            self._end_record(status)

    def _end_unchanged(self, rows: Sequence[LogRow]) -> None:
        with transaction.atomic():
            self._note_on_source("")
            self._record.add(*rows, sync_log.unchanged(), *self._last_rows())
            self._end_record(statuses.COMPLETED)

    def _end_unpublished(self, refusal: NotPublished) -> None:
        """A rule keeps the commit out of service; the timeline has it, unless this was a dry run."""
        logger.info(
            "not published",
            extra={"action": "publish", "source": self._source.key, "reason": type(refusal).__name__},
        )
        with transaction.atomic():
            self._record.add(*sync_log.unpublished_rows(refusal))
            self._end_record(statuses.FAILED)

    def _end_record(self, status: str) -> None:
        self._record.end(status)
        self._clock.end(living_workers())

    def _last_rows(self) -> list[LogRow]:
        return sync_log.completed(self._repository.name, self._started_ago())

    def _started_ago(self) -> float:
        return time.monotonic() - self._started

    def _fail(self, sentence: str) -> None:
        """Nothing could be read; what was published before is untouched."""
        logger.warning(
            "sync ended early", extra={"action": "sync", "source": self._source.key, "error": sentence}
        )
        try:
            with transaction.atomic():
                self._note_on_source(sentence)
                self._record.add(sync_log.failed(self._repository.name, sentence))
                self._clock.store()
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


def _facts(commit: Commit, snapshot: Snapshot, verdict: SignatureFacts | None) -> RevisionFacts:
    return RevisionFacts(
        identifier=commit.id,
        snapshot_digest=snapshot.digest,
        author=commit.author,
        message=commit.message,
        committed_at=commit.committed_at,
        signature=verdict,
    )


def _first_row(repository: GitRepository, record: SyncRecord) -> LogRow:
    if is_dry_run(record.result):
        return sync_log.trying(repository.name)
    return sync_log.begun(repository.name)
