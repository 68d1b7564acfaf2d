"""Where the embedded server keeps its data, its socket and, if need be, a copy of its programs."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jobyard_server.database.account import Account
from jobyard_server.database.binaries import Binaries
from jobyard_server.database.errors import DatabaseError, ForeignDataError

LOCATION_FILE = "postgres.location"  #: In the data folder, when the server could not live there.
SHARED_STATE = Path("/var/lib/jobyard")
SOCKET_PATH_MAX = 100  #: Bytes; the kernel's limit is 108 on Linux and 104 on macOS.

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Folders of one embedded server, all of them private to its account."""

    data: Path  #: PostgreSQL's data directory.
    sockets: Path
    binaries: Binaries


def find_place(data_dir: Path, account: Account, binaries: Binaries) -> Place:
    """The place of the server of *data_dir*; decided at the first start, then remembered."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account.is_other:
        data_dir.chmod(data_dir.stat().st_mode | 0o001)
    home = _home(data_dir, account)
    return Place(
        data=home / "postgres",
        sockets=_socket_folder(home, account),
        binaries=_reachable_binaries(binaries, home, account),
    )


def _home(data_dir: Path, account: Account) -> Path:
    remembered = data_dir / LOCATION_FILE
    if remembered.exists():
        return _remembered_home(remembered)
    if account.can_reach(data_dir / "postgres"):
        return data_dir
    home = _new_shared_home(account)
    remembered.write_text(f"{home}\n", encoding="utf-8")
    log.warning("the database of %s is in %s: its account cannot enter the data folder", data_dir, home)
    return home


def _remembered_home(remembered: Path) -> Path:
    home = Path(remembered.read_text(encoding="utf-8").strip())
    if not home.is_dir():
        raise ForeignDataError(
            f"{remembered} says the database is in {home}, which is not there; restore that folder."
        )
    return home


def _new_shared_home(account: Account) -> Path:
    SHARED_STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
    SHARED_STATE.chmod(0o711)
    home = SHARED_STATE / secrets.token_hex(8)
    account.make_private_folder(home)
    return home


def _socket_folder(home: Path, account: Account) -> Path:
    folder = home / "run"
    if len(str(folder / ".s.PGSQL.5432").encode()) > SOCKET_PATH_MAX:
        mark = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"jobyard-{mark}"
    account.make_private_folder(folder) if not folder.exists() else _check_private(folder, account)
    return folder


def _check_private(folder: Path, account: Account) -> None:
    """
    Somebody else may have made it first in a folder that everybody can write to.

    The group may pass through: where jobs have an account of their own, it is theirs.
    """
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o067:
        raise DatabaseError(f"{folder} must be a folder that only the server's account can enter; remove it.")


def _reachable_binaries(binaries: Binaries, home: Path, account: Account) -> Binaries:
    if account.can_reach(binaries.postgres):
        return binaries
    base = home if account.can_reach(home / "programs") else _new_shared_home(account)
    copy = base / "programs"
    if not Binaries(copy).postgres.exists():
        _copy_programs(binaries.root, copy)
        log.warning("PostgreSQL runs from a copy in %s: its account cannot enter %s", copy, binaries.root)
    return Binaries(copy)


def _copy_programs(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft, symlinks=True)
    draft.chmod(0o755)
    draft.rename(target)
