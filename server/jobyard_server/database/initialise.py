"""Making the data directory of the embedded server, so that it exists either complete or not at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from jobyard_server.database.account import Account
from jobyard_server.database.binaries import MAJOR
from jobyard_server.database.errors import DatabaseError, ForeignDataError
from jobyard_server.database.place import Place

SUPERUSER = "postgres"


def ensure_initialised(place: Place, account: Account, password: str) -> None:
    """
    Run ``initdb`` unless the data directory is there.

    Raises:
        ForeignDataError: It is there but of another major version, not a data directory, or open to others.
    """
    if not place.data.exists() or _is_empty(place.data):
        _initialise(place, account, password)
    _check(place.data)


def _is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def _check(data: Path) -> None:
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        raise ForeignDataError(f"{data} is not a database of jobyard; move what is in it elsewhere.")
    version = version_file.read_text(encoding="ascii").strip()
    if version != MAJOR:
        raise ForeignDataError(
            f"{data} was made by PostgreSQL {version}, this jobyard brings {MAJOR};"
            " start the jobyard that made it, or upgrade the folder with pg_upgrade."
        )
    if data.stat().st_mode & 0o027:
        raise ForeignDataError(f"{data} is open to other accounts; run `chmod 0700 {data}`.")


def _initialise(place: Place, account: Account, password: str) -> None:
    """Under a name that is never started, then one rename: an interrupted initdb leaves nothing behind."""
    draft = place.data.with_name("postgres.draft")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_private_folder(draft)
    password_file = place.sockets / "password"
    try:
        password_file.touch(mode=0o600)
        password_file.write_text(password, encoding="ascii")
        account.own(password_file)
        _initdb(place, account, draft, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    draft.rename(place.data)  # replaces an empty folder


def _initdb(place: Place, account: Account, draft: Path, password_file: Path) -> None:
    command = [
        str(place.binaries.initdb),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--no-instructions",
        "--set=max_connections=100",  # else it starts trial servers to find a number
        "--set=shared_buffers=64MB",
        "--set=timezone=UTC",  # else it tries every time zone file of the machine
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=draft, **account.process_options
    )
    if done.returncode:
        raise DatabaseError(
            f"The database could not be made in {draft}: {done.stderr.strip() or done.stdout}"
        )
