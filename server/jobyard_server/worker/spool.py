"""
Ends of runs on the disk of their worker, while the database does not take them.

Each is a file that only the service may read, written durably and locked by the worker that wrote it. As
long as that worker lives it stores the end itself; afterwards whoever comes by first delivers it: the next
worker, or the reaper before it ends what is lost. Either way the fence decides whether it still counts.

Source: docs/adr/0003, "spool".
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from jobyard_server.worker import endings
from jobyard_server.worker.claims import Claim, claimed_runs
from jobyard_server.worker.endings import Ending
from jobyard_server.worker.late import note_late_end
from jobyard_server.worker.recorder import Recorder

MODE = 0o600
_HALF = ".half"  #: Ends the name of a file that is not whole yet.

log = logging.getLogger(__name__)


class Spooled:
    """The file of one end; locked until it is discarded or its worker is gone."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self.path = path
        self._file = file

    def discard(self) -> None:
        """The end is stored, or counts no more."""
        self.path.unlink(missing_ok=True)
        self._file.close()


def spool_root() -> Path:
    return Path(settings.DATA_DIR) / "spool"


def spool(claim: Claim, ending: Ending, recorder: Recorder, console: str, sandbox: dict[str, Any]) -> Spooled:
    """
    Keep the end of a run durably.

    Raises:
        OSError: It could not be written; it stays in memory only.
    """
    told = {
        "run": str(claim.result.pk),
        "fence": claim.fence,
        "ending": {**asdict(ending), "rows": []},  # they are in the recorder
        "recorder": recorder.state(),
        "console": console,
        "sandbox": sandbox,
    }
    root = spool_root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _written(root / f"{claim.result.pk}.{claim.fence}.json", json.dumps(told))


def deliver() -> int:
    """
    Store what workers that are gone have left here; how many ends.

    Raises:
        OperationalError, InterfaceError: The database is away; the rest is kept.
    """
    done = 0
    for path in sorted(_files()):
        with _unowned(path) as text:
            if text is None:
                continue
            if path.suffix != _HALF:
                _deliver_one(path, text)
                done += 1
            path.unlink(missing_ok=True)
    return done


def _files() -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from spool_root().iterdir()


def _written(path: Path, text: str) -> Spooled:
    half = path.with_suffix(_HALF)
    half.touch(MODE)
    file = half.open("w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        half.rename(path)
        _sync_folder(path.parent)
    except OSError:
        file.close()
        half.unlink(missing_ok=True)
        raise
    return Spooled(path, file)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unowned(path: Path) -> Iterator[str | None]:
    """The text of *path*, locked; None when its worker lives, or somebody else delivers it."""
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file.read() if path.exists() else None


def _deliver_one(path: Path, text: str) -> None:
    """A file that makes no sense is not kept: nothing could ever be done with it."""
    try:
        _store(json.loads(text))
    except (OperationalError, InterfaceError):
        raise
    except (ValueError, LookupError, TypeError, DatabaseError):
        log.exception("a spooled result is unreadable", extra={"action": "spool", "file": path.name})


def _store(told: dict[str, Any]) -> None:
    result = claimed_runs().filter(pk=UUID(told["run"])).first()
    if result is None:
        return  # deleted meanwhile
    claim = Claim(result=result, fence=told["fence"])
    ending = Ending(**{**told["ending"], "rows": ()})
    recorder = Recorder.restored(claim, told["recorder"])
    if endings.store(claim, ending, recorder, told["console"], told["sandbox"]):
        log.info("a spooled result was stored", extra={"action": "spool", "run": told["run"]})
    else:
        note_late_end(claim, ending)
