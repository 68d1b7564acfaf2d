"""The sync daemon: keeps every source in step, until it is told to end."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

from django.conf import settings
from django.db import Error, connections

from jobyard_repos.errors import ReposError
from jobyard_server.lifecycle import Stop
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import end_leases_of
from jobyard_server.registry.lost_syncs import end_lost_syncs
from jobyard_server.registry.models import PLUGINS, Source
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.runs.components import announce, dead_here
from jobyard_server.runs.models import Component, JobResult
from jobyard_sync.clean_up import clean_up
from jobyard_sync.errors import InspectionUnavailable, SourceBusy, SyncError
from jobyard_sync.folder_loop import FolderLoop
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.lease_keeper import LeaseKeeper
from jobyard_sync.pipeline import sync_repository
from jobyard_sync.plugin_sync import sync_plugins
from jobyard_sync.sync_threads import SyncThreads
from jobyard_sync.tools import Tools
from jobyard_sync.triggers.requests import RequestListener

SYNCS_AT_ONCE = 16  #: Most of them wait for a remote, not for this machine.
CLEAN_SECONDS = 60.0
PLUGIN_SECONDS = 5.0  #: Between two tries.
STOP_SECONDS = 3.0  #: For syncs to end by themselves.

logger = logging.getLogger(__name__)


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    zygote = InspectionZygote(Path(settings.DATA_DIR) / "logs" / "inspection.log")
    keeper = LeaseKeeper()
    with Stop() as stop, announce("sync", beside=keeper.renew_all) as me:
        daemon = Daemon(me.pk, zygote=zygote, keeper=keeper, stop=stop)
        try:
            daemon.start()
            _warm_up(zygote)
            while not stop.wait(CLEAN_SECONDS):
                daemon.clean_up()
        finally:
            daemon.stop()
            zygote.stop()
    connections.close_all()


def _warm_up(zygote: InspectionZygote) -> None:
    """A failure is no reason to end: every sync tries again, and says so where people look."""
    try:
        zygote.start()
    except InspectionUnavailable:
        logger.exception("inspection cannot work yet", extra={"action": "start"})


class Daemon:
    """
    The threads of the daemon: requests, one for each sync in flight, the local folder.

    Args:
        holder: Identity under which it takes leases: the id of its ``Component``.
        zygote: Started at first use, if not before.
        keeper: Somebody calls its ``renew_all`` at every heartbeat.
        stop: Set from outside when it should end.
    """

    def __init__(
        self, holder: uuid.UUID, *, zygote: InspectionZygote, keeper: LeaseKeeper, stop: Stop
    ) -> None:
        self._stop = stop
        self._tools = Tools.from_settings(
            holder=holder, zygote=zygote, keeper=keeper, should_stop=stop.is_set
        )
        self._threads = SyncThreads(limit=SYNCS_AT_ONCE, on_end=self._look_after_end)
        self._requests = RequestListener(self.look)
        self._folder = FolderLoop(self._tools)

    def start(self) -> None:
        """Clear up what a daemon before this one left behind, then begin."""
        _end_what_is_dead(self._tools.holder)
        self._threads.start(PLUGINS, self._sync_plugins)
        self._folder.start()
        self._requests.start()
        logger.info("sync daemon started", extra={"action": "start"})

    def look(self) -> None:
        """Start a sync for each source that one is requested for."""
        for result in waiting_requests().select_related("source_model"):
            if self._stop.is_set():
                return
            self._start_sync(result)

    def clean_up(self) -> None:
        try:
            clean_up(self._tools)
        except (Error, ReposError, OSError):
            logger.warning("clean-up failed; the next round tries again", exc_info=True)
        finally:
            connections.close_all()

    def stop(self) -> None:
        """End within seconds; what was in the middle is marked and asked for again."""
        self._stop.set()
        self._requests.stop()
        self._folder.stop()
        if not self._threads.join(STOP_SECONDS):
            logger.warning("syncs were left in the middle", extra={"action": "stop"})
        try:
            end_leases_of(self._tools.holder)
            end_lost_syncs()
        except Error:
            logger.warning(
                "the database is gone; the next start marks what was left", extra={"action": "stop"}
            )
        connections.close_all()
        logger.info("sync daemon ended", extra={"action": "stop"})

    def _sync_plugins(self) -> None:
        """Until it has worked once: what is installed changes with a restart only."""
        while not self._stop.is_set():
            try:
                sync_plugins(self._tools)
            except (SourceBusy, LeaseLost, SyncError, Error) as exc:
                logger.warning("plugins wait", extra={"action": "sync", "error": str(exc)})
                connections.close_all()
                self._stop.wait(PLUGIN_SECONDS)
            else:
                return

    def _start_sync(self, result: JobResult) -> None:
        key = result.source_model.key if result.source_model else ""
        self._threads.start(key, lambda: sync_repository(result, self._tools))

    def _look_after_end(self) -> None:
        if not self._stop.is_set():
            self.look()


def _end_what_is_dead(me: uuid.UUID) -> None:
    """Leases of daemons that are gone need not be awaited: their process is not there any more."""
    dead = {component.pk for component in dead_here()}
    living = set(Component.objects.values_list("pk", flat=True)) - dead
    held = set(Source.objects.values_list("lease_holder", flat=True)) - living - {me}
    for holder in held:
        if holder is not None:
            end_leases_of(holder)
    end_lost_syncs()
