"""Removes what no source, module or run needs any more: snapshots, revisions, mirrors."""

from __future__ import annotations

import logging
import re
import uuid

from django.conf import settings

from jobyard_repos.errors import ReposError
from jobyard_repos.fail_points import fail_point
from jobyard_repos.mirror import Mirror
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.snapshots import forget_events, forget_revisions, release_snapshots
from jobyard_sync.snapshot_lock import removing_snapshots
from jobyard_sync.tools import Tools

_MIRROR = re.compile(r"([0-9a-f-]{36})\.git")

logger = logging.getLogger(__name__)


def clean_up(tools: Tools) -> None:
    """Safe at any moment; does nothing to snapshots while a sync uses some that are not published yet."""
    with removing_snapshots(tools.lock_file) as is_free:
        if is_free:
            _remove_snapshots(tools)
    _remove_mirrors(tools)


def _remove_snapshots(tools: Tools) -> None:
    keep: int = settings.JOBYARD["SNAPSHOT_KEEP"]
    tools.store.clean_drafts()
    released = release_snapshots(tools.store.digests(), keep=keep)
    fail_point("gc.marked")
    for digest in sorted(released):
        tools.store.remove(digest)
        fail_point("gc.mid")
        logger.info("snapshot removed", extra={"action": "clean_up", "snapshot": digest})
    forget_events(keep=settings.JOBYARD["HISTORY_KEEP"])
    forget_revisions(keep=keep)


def _remove_mirrors(tools: Tools) -> None:
    """Of deleted repositories. Only folders that are named like our mirrors are looked at."""
    if not tools.mirrors.is_dir():
        return
    found = {match[1]: item for item in tools.mirrors.iterdir() if (match := _MIRROR.fullmatch(item.name))}
    known = {
        str(pk)
        for pk in GitRepository.objects.filter(pk__in=map(uuid.UUID, found)).values_list("pk", flat=True)
    }
    for name, folder in found.items():
        if name not in known:
            _remove_mirror(Mirror(folder))


def _remove_mirror(mirror: Mirror) -> None:
    try:
        mirror.remove()
    except (ReposError, OSError) as exc:  # a fetch still works there; the next round tries again
        logger.info("mirror not removed yet", extra={"action": "clean_up", "error": str(exc)})
    else:
        logger.info("mirror removed", extra={"action": "clean_up", "mirror": mirror.folder.name})
