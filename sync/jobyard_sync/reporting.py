"""Tells forges about commits: from a queue in the database, with a bounded number of tries."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import Error, connections

from jobyard_repos.errors import FetchError, InvalidRemoteUrl
from jobyard_repos.forge_call import ForgeAnswer, post_json
from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.commit_statuses import claim_status, due_statuses, note_not_sent, note_sent
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.repository_credentials import report_origin
from jobyard_sync.errors import SyncError
from jobyard_sync.fetching import remote_of, way
from jobyard_sync.forges import FORGES

TICK_SECONDS = 5.0
SEND_SECONDS = 10.0
MOST_AT_ONCE = 20
_TRY_AGAIN = {408, 425, 429}

logger = logging.getLogger(__name__)


class Reporter:
    """One thread; a forge that hangs delays other reports by its limit, and no sync at all."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="report", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be something to tell."""
        self._wake.set()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                send_due(self._stop.is_set)
            except Error:
                logger.warning("reports wait for the database", extra={"action": "report"})
            except Exception:  # one poisoned row must not stop the others for ever
                logger.exception("reporting failed", extra={"action": "report"})
            connections.close_all()
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()


def send_due(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; returns how many were taken up."""
    rows = [row for row in due_statuses(most=MOST_AT_ONCE) if claim_status(row)]
    for row in rows:
        if should_stop():
            break  # their next try comes by the clock
        _send(row)
    return len(rows)


def _send(row: CommitStatus) -> None:
    try:
        answer = _post(row, row.repository)
    except (FetchError, InvalidRemoteUrl, SecretUnreadable, SyncError) as exc:
        is_final = not isinstance(exc, FetchError) or exc.permanent
        note_not_sent(row, str(exc), is_final=is_final)
        logger.info("status not sent", extra={"action": "report", "error": str(exc)})
        return
    if answer.status in range(200, 300):
        note_sent(row)
        return
    is_final = answer.status not in _TRY_AGAIN and answer.status < 500  # noqa: PLR2004  # the server's own fault
    note_not_sent(
        row, f"The forge answers with the error {answer.status}: {answer.text[:300]}", is_final=is_final
    )


def _post(row: CommitStatus, repository: GitRepository) -> ForgeAnswer:
    remote = remote_of(repository)
    make_call = FORGES.get(repository.report_to)
    if make_call is None or not repository.report_token_encrypted:
        raise SyncError("Nobody is to be told any more.")
    if repository.report_origin != report_origin(remote):
        raise SyncError("The token for reports was entered for another server; enter it again.")
    token = decrypt(repository.report_token_encrypted)
    call = make_call(remote, row, token)
    return post_json(
        call.url,
        call.body,
        headers=call.headers,
        secrets=(token,),
        way=way(),
        timeout_seconds=SEND_SECONDS,
    )
