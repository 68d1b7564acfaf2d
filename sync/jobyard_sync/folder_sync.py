"""A sync of the local source: the folder JOBS_ROOT as it is now. Its errors are shown on the source."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobyard.job_files import ROOT, find_job_files
from jobyard_repos.errors import ReposError
from jobyard_repos.folder import take_folder
from jobyard_repos.snapshot import Snapshot
from jobyard_server.registry.folder_decisions import FolderChoice, choose
from jobyard_server.registry.leases import SyncLease, take_lease
from jobyard_server.registry.models import LOCAL, Source
from jobyard_server.registry.publish import Findings, PublishTerms, RevisionFacts, publish
from jobyard_server.registry.publish_terms import FileChange, compare_files
from jobyard_server.registry.source_steps import INSPECTED, PUBLISHED, SNAPSHOT, SourceClock
from jobyard_server.registry.sources import local_source
from jobyard_sync.errors import SourceBusy, SyncError
from jobyard_sync.freshness import is_in_service
from jobyard_sync.reading import read_modules
from jobyard_sync.snapshot_lock import using_snapshots
from jobyard_sync.tools import Tools

_INIT = "__init__.py"

logger = logging.getLogger(__name__)


class FolderSync:
    """Brings the local source in step with its folder, as often as it is called."""

    def __init__(self, tools: Tools, *, inspect_all: bool = False) -> None:
        self.folder = Path(settings.JOBS_ROOT)
        self._tools = tools
        self._inspect_all = inspect_all  #: Also what is in service already.
        self._warned = False

    def run(self) -> bool:
        """
        Publish the folder; False when it is in service already.

        Raises:
            SourceBusy: Another daemon does so at this moment; try again.
            ReposError, SyncError: The folder could not be read, which is noted on the source.
        """
        source, clock = local_source(), SourceClock()
        try:
            self.make_folder()
            with using_snapshots(self._tools.lock_file):
                return self._sync(source, clock)
        except (ReposError, SyncError) as exc:
            _note(source, str(exc), clock.steps)
            raise

    def make_folder(self) -> None:
        """
        So that there is something to watch and to put files into.

        Raises:
            SyncError: The folder cannot be made.
        """
        if self.folder.is_dir():
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / _INIT).touch()
        except OSError as exc:
            raise SyncError(f"The folder {self.folder} cannot be made ({exc.strerror}).") from exc

    def _sync(self, source: Source, clock: SourceClock) -> bool:
        snapshot = take_folder(self.folder, self._tools.store, self._tools.tree_limits)
        choice = choose(source, snapshot.digest)
        if choice.digest != snapshot.digest:
            snapshot = self._tools.store.open(choice.digest)
        if not self._inspect_all and is_in_service(source, snapshot.digest, snapshot.digest):
            _note(source, "", {})
            return False
        clock.done(SNAPSHOT)
        lease = take_lease(source, holder=self._tools.holder)
        if lease is None:
            raise SourceBusy
        with self._tools.keeper.keeping(lease):
            clock.begin(lease)
            self._warn(snapshot)
            found = self._read(source, snapshot)
            clock.done(INSPECTED)
            self._publish(source, snapshot, lease, choice, found)
            clock.done(PUBLISHED)
        return True

    def _read(self, source: Source, snapshot: Snapshot) -> Findings:
        job_files = find_job_files(snapshot.files, [ROOT])
        return read_modules(source, snapshot, job_files, [ROOT], self._tools, inspect_all=self._inspect_all)

    def _publish(
        self, source: Source, snapshot: Snapshot, lease: SyncLease, choice: FolderChoice, found: Findings
    ) -> None:
        facts = RevisionFacts(identifier=snapshot.digest, snapshot_digest=snapshot.digest)
        files = self._changed_files(source, snapshot)
        terms = PublishTerms(files=files, cause=choice.cause, user=choice.user)
        published = publish(lease, facts, found, terms)
        for report in published.failed:
            logger.warning("module does not load", extra={"source": LOCAL, "module_name": report.module})
        logger.info("published", extra={"action": "publish", "source": LOCAL, "snapshot": snapshot.digest})

    def _changed_files(self, source: Source, snapshot: Snapshot) -> list[FileChange]:
        """Against the revision in service, as long as its snapshot is on this host."""
        before = Source.objects.select_related("revision").get(pk=source.pk).revision
        if before is None:
            return []
        return compare_files(self._tools.store.files(before.snapshot_digest), snapshot.files)

    def _warn(self, snapshot: Snapshot) -> None:
        for note in snapshot.notes:
            logger.warning(note, extra={"source": LOCAL})
        if not (snapshot.path / _INIT).is_file() and not self._warned:
            self._warned = True
            logger.warning("JOBS_ROOT has no __init__.py; it is taken as empty", extra={"source": LOCAL})


def _note(source: Source, error: str, steps: dict[str, str]) -> None:
    """Written only when it says something new: the folder is looked at again and again."""
    rows = Source.objects.filter(pk=source.pk).exclude(error=error)
    rows.update(error=error, steps=steps, last_synced=timezone.now())
