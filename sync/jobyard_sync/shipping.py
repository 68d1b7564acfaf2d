"""Gives snapshots to those who lack them: makes them whole here, and packs them for other hosts."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings

from jobyard_repos.bundle import pack
from jobyard_repos.errors import ReposError
from jobyard_repos.folder import take_folder
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.registry.models import GIT, LOCAL, Revision
from jobyard_server.registry.shipment_models import SnapshotRequest
from jobyard_server.registry.shipments import answer, hand_over, refuse
from jobyard_sync.errors import SyncError
from jobyard_sync.repair import make_again
from jobyard_sync.snapshot_lock import using_snapshots
from jobyard_sync.tools import Tools

logger = logging.getLogger(__name__)


def ship(request: SnapshotRequest, tools: Tools) -> None:
    """
    Answer *request*: what is missing or damaged here is made again from the mirror first, or from the remote.

    Where that is not possible the request says why; another sync part may still answer it.
    """
    digest = request.digest
    try:
        with using_snapshots(tools.lock_file):
            _make_whole(digest, tools)
            if request.store == tools.store.identity():
                answer(digest, request.store)
            else:
                hand_over(digest, pack(tools.store, digest))
                answer(digest)
    except (ReposError, SecretUnreadable, SyncError, OSError) as exc:
        refuse(digest, tools.holder, str(exc))
        logger.warning("a snapshot cannot be given", extra={"snapshot": digest, "error": str(exc)})
    else:
        logger.info("a snapshot was given", extra={"action": "ship", "snapshot": digest})


def _make_whole(digest: str, tools: Tools) -> None:
    """
    Raises:
        SyncError: It cannot be had.
        ReposError, SecretUnreadable: As of a sync.
    """
    if tools.store.has(digest) and tools.store.verify(digest):
        return
    known = Revision.objects.filter(snapshot_digest=digest).select_related("source__git_repository")
    reasons = [reason for revision in known if (reason := _made(revision, tools))]
    if not (tools.store.has(digest) and tools.store.verify(digest)):
        raise SyncError(
            f"its files are lost and cannot be made again ({' '.join(reasons) or 'no source has them'});"
            " run the job with the latest revision."
        )


def _made(revision: Revision, tools: Tools) -> str:
    """Try it; why it did not work, or an empty text."""
    source = revision.source
    try:
        if source.kind == GIT and source.git_repository is not None:
            make_again(revision, source.git_repository, tools)
        elif source.kind == LOCAL:  # if the folder is still, or again, what it was
            take_folder(Path(settings.JOBS_ROOT), tools.store, tools.tree_limits)
            return "The folder holds something else now."
        else:
            return "Its repository was removed."
    except (ReposError, SecretUnreadable, SyncError) as exc:
        return str(exc)
    return ""
