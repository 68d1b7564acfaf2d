"""Reads all of the folder or of the plugins again, because somebody asked for it."""

from __future__ import annotations

import logging

from jobyard_repos.errors import ReposError
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.models import LOCAL, Source
from jobyard_server.registry.refresh import note_refreshed
from jobyard_sync.errors import SourceBusy, Stopped, SyncError
from jobyard_sync.folder_sync import FolderSync
from jobyard_sync.plugin_sync import sync_plugins
from jobyard_sync.tools import Tools

logger = logging.getLogger(__name__)


def refresh(source: Source, tools: Tools) -> bool:
    """
    False when it could not be done yet and should be tried again soon.

    A folder that cannot be read says so on its source, as after any other look.
    """
    try:
        if source.kind == LOCAL:
            FolderSync(tools, inspect_all=True).run()
        else:
            sync_plugins(tools, inspect_all=True)
    except (SourceBusy, LeaseLost, Stopped):
        return False
    except (ReposError, SyncError) as exc:
        logger.warning("a source cannot be read", extra={"source": source.key, "error": str(exc)})
    note_refreshed(source)
    return True
