"""One look at JOBS_ROOT and the plugins by a command, beside whatever daemon watches it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from jobyard_server.runs.components import announce
from jobyard_sync.errors import SourceBusy
from jobyard_sync.folder_sync import FolderSync
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.lease_keeper import LeaseKeeper
from jobyard_sync.plugin_sync import sync_plugins
from jobyard_sync.tools import Tools

_AGAIN_SECONDS = 0.2
_PATIENCE_SECONDS = 60.0  #: With a daemon that is reading the folder.


def scan_folder() -> None:
    """
    Read every module of JOBS_ROOT and of the plugins anew, whether a file changed or not, and publish them.

    So values that modules compute while they are imported, such as choices, become those of now.

    Raises:
        SourceBusy: A daemon has read it all the time.
        ReposError, SyncError: The folder could not be read.
    """
    zygote = InspectionZygote(Path(settings.DATA_DIR) / "logs" / "scan.log")
    keeper = LeaseKeeper()
    with announce("sync", beside=keeper.renew_all) as me:
        tools = Tools.from_settings(holder=me.pk, zygote=zygote, keeper=keeper)
        try:
            _patiently(FolderSync(tools, inspect_all=True).run)
            _patiently(partial(sync_plugins, tools, inspect_all=True))
        finally:
            zygote.stop()


def _patiently(sync: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            sync()
        except SourceBusy:
            if time.monotonic() > end:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return
