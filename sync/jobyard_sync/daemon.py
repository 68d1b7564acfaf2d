"""The sync daemon: keeps every source in step, until it is told to end."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import Error, connections

from jobyard_repos.errors import ReposError
from jobyard_server.lifecycle import Stop
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.exposure import credential_exposure
from jobyard_server.registry.leases import end_leases_of
from jobyard_server.registry.lost_syncs import end_lost_syncs
from jobyard_server.registry.models import PLUGINS, Source
from jobyard_server.registry.refresh import waiting_refreshes
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.registry.shipments import forget_shipments, open_requests
from jobyard_server.registry.sync_times import forget_the_dead
from jobyard_server.runs.components import announce, dead_here, living_workers
from jobyard_server.runs.models import Component
from jobyard_server.webhooks.gather import forget_deliveries, gather_deliveries
from jobyard_sync.aftermath import look_after
from jobyard_sync.clean_up import clean_up
from jobyard_sync.errors import InspectionUnavailable, SourceBusy, SyncError
from jobyard_sync.fetching import host_of
from jobyard_sync.folder_loop import FolderLoop
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.lease_keeper import LeaseKeeper
from jobyard_sync.own_folders import check_own_folders
from jobyard_sync.pipeline import sync_repository
from jobyard_sync.plugin_sync import sync_plugins
from jobyard_sync.refreshing import refresh
from jobyard_sync.repair import repair_snapshots
from jobyard_sync.reporting import Reporter
from jobyard_sync.shipping import ship
from jobyard_sync.sync_threads import SyncThreads
from jobyard_sync.tools import Tools
from jobyard_sync.triggers.poll import Poller
from jobyard_sync.triggers.requests import RequestListener

SYNCS_AT_ONCE = 16  #: Most of them wait for a remote, not for this machine.
CLEAN_SECONDS = 60.0
REST_SECONDS = 10.0  #: Between two looks whether something waits in vain.
PLUGIN_SECONDS = 5.0  #: Between two tries.
SWEEP_SECONDS = 2.0  #: Between two looks for syncs that were lost.
_REPAIR = "repair"  #: Key of its thread; no source is called so.
STOP_SECONDS = 3.0  #: For syncs to end by themselves.

logger = logging.getLogger(__name__)


def run() -> None:
    """
    Serve until SIGTERM or SIGINT.

    Raises:
        SyncError: The folders of published code are not safe to use.
    """
    check_own_folders(Path(settings.DATA_DIR))
    zygote = InspectionZygote(Path(settings.DATA_DIR) / "logs" / "inspection.log")
    keeper = LeaseKeeper()
    warming = threading.Thread(target=lambda: _warm_up(zygote, stop), name="warm-up", daemon=True)
    with Stop() as stop, announce("sync", beside=keeper.renew_all) as me:
        daemon = Daemon(me.pk, zygote=zygote, keeper=keeper, stop=stop)
        try:
            daemon.start()
            warming.start()
            _look_after(daemon, zygote, stop)
        finally:
            daemon.stop()
            zygote.stop()
            if warming.is_alive():  # it loads; its process ends with the connection to us
                warming.join(STOP_SECONDS)
                zygote.stop()
    connections.close_all()


def _look_after(daemon: Daemon, zygote: InspectionZygote, stop: Stop) -> None:
    """What this thread does while the others work; between two turns it needs no connection."""
    cleaned_at = time.monotonic()
    connections.close_all()
    while not stop.wait(REST_SECONDS):
        zygote.rest_when_idle()
        if time.monotonic() - cleaned_at >= CLEAN_SECONDS:
            cleaned_at = time.monotonic()
            daemon.clean_up()


def _warm_up(zygote: InspectionZygote, stop: Stop) -> None:
    """
    Beside everything else, so that a daemon that is told to end meanwhile does. A failure is no reason to
    end: every sync tries again, and says so where people look.
    """
    try:
        zygote.start()
        if not stop.is_set():
            zygote.prepare()
    except InspectionUnavailable:
        if not stop.is_set():
            logger.exception("inspection cannot work yet", extra={"action": "start"})
    finally:
        connections.close_all()


class Daemon:
    """
    The threads of the daemon: requests, polling, one for each sync in flight, the local folder, reports.

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
        self._poller = Poller(self._tools)
        self._reporter = Reporter()
        self._folder = FolderLoop(self._tools)
        self._next_sweep = 0.0  # monotonic

    def start(self) -> None:
        """Clear up what a daemon before this one left behind, then begin."""
        _end_what_is_dead(self._tools.holder)
        self._threads.start(PLUGINS, self._sync_plugins)
        self._threads.start(_REPAIR, lambda: repair_snapshots(self._tools))
        self._folder.start()
        self._requests.start()
        self._poller.start()
        self._reporter.start()
        logger.info("sync daemon started", extra={"action": "start"})
        if exposure := credential_exposure():
            logger.warning(exposure, extra={"action": "start"})

    def look(self) -> float | None:
        """Start a sync for each source that one is requested for; seconds until more is due."""
        seconds = gather_deliveries()
        self._start_waiting()
        for source in waiting_refreshes():
            self._start_refresh(source)
        for request in open_requests(self._tools.holder):
            self._threads.start(f"ship-{request.digest}", partial(ship, request, self._tools))
        self._sweep()  # after them: what waits is more urgent than what was lost
        return seconds

    def _start_waiting(self) -> None:
        """
        As many as find a place. This is done at the end of every sync, so a request that finds none must cost
        next to nothing: its row is read by the thread that takes it up.
        """
        waiting = waiting_requests().values_list(
            "pk", "source_model__key", "source_model__git_repository__remote_url"
        )
        for pk, key, url in waiting:
            if self._stop.is_set() or self._threads.is_full:
                break
            self._threads.start(key, partial(self._sync, pk), group=host_of(url or ""))

    def _sweep(self) -> None:
        """Syncs of daemons that died beside this one; also where no scheduler runs."""
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP_SECONDS
        _end_leases_of_the_dead()
        end_lost_syncs()

    def clean_up(self) -> None:
        try:
            clean_up(self._tools)
            repair_snapshots(self._tools)
            forget_deliveries()
            forget_shipments()
            forget_the_dead(living_workers())
        except (Error, ReposError, OSError):
            logger.warning("clean-up failed; the next round tries again", exc_info=True)
        finally:
            connections.close_all()

    def stop(self) -> None:
        """End within seconds; what was in the middle is marked and asked for again."""
        self._stop.set()
        self._requests.stop()
        self._poller.stop()
        self._reporter.stop()
        self._folder.stop()
        self._tools.zygote.rest()
        if not self._threads.join(STOP_SECONDS):
            logger.warning("syncs were left in the middle", extra={"action": "stop"})
        try:
            end_leases_of(self._tools.holder)
            end_lost_syncs(was_told=True)
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

    def _start_refresh(self, source: Source) -> None:
        self._threads.start(source.key, lambda: refresh(source, self._tools))

    def _sync(self, request: uuid.UUID) -> bool:
        result = waiting_requests().select_related("source_model__git_repository").filter(pk=request).first()
        if result is None or not sync_repository(result, self._tools):
            return False
        look_after(result)
        self._reporter.wake()
        return True

    def _look_after_end(self) -> None:
        if not self._stop.is_set():
            self.look()
            self._tools.zygote.prepare()


def _end_leases_of_the_dead() -> None:
    """Of daemons of this machine whose process is gone; those of others expire."""
    if dead := [component.pk for component in dead_here() if component.kind == "sync"]:
        end_leases_of(*dead)


def _end_what_is_dead(me: uuid.UUID) -> None:
    """Leases of daemons that are gone need not be awaited: their process is not there any more."""
    dead = {component.pk for component in dead_here()}
    living = set(Component.objects.values_list("pk", flat=True)) - dead
    held = set(Source.objects.values_list("lease_holder", flat=True)) - living - {me}
    end_leases_of(*filter(None, held))
    end_lost_syncs()
