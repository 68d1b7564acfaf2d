"""
What the database says and the disk has not, after a backup was restored or a folder was lost: made again from
the mirrors, or from the remote, and never from another commit.
"""

from __future__ import annotations

import logging

from jobyard_repos.errors import ReposError, RevisionNotFound
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.registry.models import GitRepository, Revision, Source
from jobyard_server.registry.snapshots import note_kept, revisions_in_use
from jobyard_sync.errors import SyncError
from jobyard_sync.fetching import fetch
from jobyard_sync.snapshot_lock import using_snapshots
from jobyard_sync.tools import Tools

logger = logging.getLogger(__name__)


def repair_snapshots(tools: Tools) -> int:
    """
    Make every snapshot again that modules or waiting runs need and that is not on disk; returns how many.

    One that cannot be made is told on its source. Cost when nothing is missing: one query, one look.
    """
    on_disk = set(tools.store.digests())
    missing = [row for row in revisions_in_use() if row.snapshot_digest not in on_disk]
    made = 0
    for revision in missing:
        repository = revision.source.git_repository
        if repository is not None:  # folders and plugins are read again at every start
            made += _repair(revision, repository, tools)
    return made


def _repair(revision: Revision, repository: GitRepository, tools: Tools) -> bool:
    try:
        with using_snapshots(tools.lock_file):
            digest = make_again(revision, repository, tools)
    except (ReposError, SecretUnreadable, SyncError, OSError) as exc:
        reason = str(exc)
    else:
        if digest == revision.snapshot_digest:
            note_kept(digest)
            logger.warning("snapshot made again", extra={"action": "repair", "snapshot": digest})
            return True
        reason = "this version of jobyard takes other files of that commit."
    logger.warning("snapshot lost", extra={"action": "repair", "revision": str(revision), "error": reason})
    sentence = (
        f"The files of the published commit {revision.short} are lost and cannot be made again: {reason}"
    )
    Source.objects.filter(pk=revision.source_id).update(error=sentence)
    return False


def make_again(revision: Revision, repository: GitRepository, tools: Tools) -> str:
    """
    The digest of the snapshot of *revision*, which is whole on disk from now on; clean-up is kept away by
    the caller.

    Raises:
        ReposError, SecretUnreadable, SyncError: As of a sync.
    """
    mirror = tools.mirror_of(repository)
    try:
        return tools.store.add_commit(mirror, revision.identifier, tools.tree_limits).digest
    except RevisionNotFound:
        fetch(repository, mirror, revision.identifier)
        return tools.store.add_commit(mirror, revision.identifier, tools.tree_limits).digest
