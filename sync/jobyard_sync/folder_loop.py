"""Keeps the local source in step with JOBS_ROOT, in a thread of its own."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import Error, connections

from jobyard_repos.errors import ReposError
from jobyard_repos.folder import folder_signature
from jobyard_server.registry.errors import LeaseLost
from jobyard_sync.errors import SourceBusy, Stopped, SyncError
from jobyard_sync.folder_sync import FolderSync
from jobyard_sync.tools import Tools
from jobyard_sync.triggers.watch import FolderWatch

_AGAIN_SECONDS = 1.0  #: After a look that failed for a reason that may pass.
_STOP_SECONDS = 3.0

logger = logging.getLogger(__name__)


class FolderLoop:
    """Syncs at the start, after every change, and when a look every few seconds finds a difference."""

    def __init__(self, tools: Tools) -> None:
        self._sync = FolderSync(tools)
        self._zygote = tools.zygote
        self._watch = FolderWatch(self._sync.folder)
        self._stop = threading.Event()
        self._signature = ""  # of the folder when it was last read without trouble
        self._last_error = ""
        self._thread = threading.Thread(target=self._run, name="sync-folder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._watch.wake()
        self._thread.join(timeout=_STOP_SECONDS)

    def _run(self) -> None:
        seconds = 0.0
        while not self._stop.is_set():
            has_news = self._watch.wait(seconds)
            if self._stop.is_set():
                break
            is_settled = self._turn(has_news=has_news)
            interval: float = settings.JOBYARD["LOCAL_SCAN_INTERVAL"]
            seconds = interval if is_settled else min(interval, _AGAIN_SECONDS)
        self._watch.stop()
        connections.close_all()

    def _turn(self, *, has_news: bool) -> bool:
        """Look once; False when it should be looked again soon."""
        try:
            return self._look(has_news=has_news)
        except Stopped:
            return True
        except (SourceBusy, LeaseLost):
            return False
        except (ReposError, SyncError) as exc:
            self._tell(str(exc))
            return True  # it is on the source; the next change or look tries again
        except Error:
            logger.warning("the local source waits for the database", extra={"action": "sync"})
        except Exception:
            logger.exception("sync of the local source failed", extra={"action": "sync"})
        connections.close_all()
        return False

    def _look(self, *, has_news: bool) -> bool:
        self._sync.make_folder()
        self._watch.start()
        signature = folder_signature(self._sync.folder)
        if has_news or not signature or signature != self._signature:
            has_worked = self._sync.run()
            if has_worked and not self._stop.is_set():
                self._zygote.prepare()
        self._signature, self._last_error = signature, ""
        return True

    def _tell(self, error: str) -> None:
        if error != self._last_error:
            self._last_error = error
            logger.warning("JOBS_ROOT cannot be read", extra={"action": "sync", "error": error})
