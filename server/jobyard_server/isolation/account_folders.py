"""The few folders that author code of another account gets through, and the ones that become its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from jobyard_server.database.account import Account
from jobyard_server.isolation.launchers import ContainmentMissing, job_account

_PASSABLE = 0o710  #: For the account's own group; nobody can list them.


def open_folders(options: Mapping[str, Any]) -> None:
    """
    Let the account of jobs, where there is one, get to its code, its scratch folders and the database.

    Raises:
        ContainmentMissing: It cannot.
    """
    account = job_account(options)
    if account is None:
        return
    for folder in (Path(settings.DATA_DIR) / "snapshots", Path(settings.DATA_DIR) / "scratch", _sockets()):
        if folder is not None and folder.is_dir():
            _let_through(folder, account, options["SANDBOX_ACCOUNT"])


def hand_over(path: Path, options: Mapping[str, Any]) -> None:
    """Make *path* and what is in it belong to the account of jobs, where there is one."""
    account = job_account(options)
    if account is None:
        return
    for place in (path, *path.rglob("*")):
        os.chown(place, account.uid, account.gid, follow_symlinks=False)


def _sockets() -> Path | None:
    host = str(settings.DATABASES["default"]["HOST"])
    return Path(host) if host.startswith("/") else None


def _let_through(folder: Path, account: Account, name: str) -> None:
    if folder.stat().st_uid == account.uid:
        raise ContainmentMissing(
            f"JOBYARD_SANDBOX_ACCOUNT is `{name}`, to whom {folder} belongs; use an account of its own."
        )
    if not account.can_reach(folder):
        raise ContainmentMissing(
            f"The account {name} of JOBYARD_SANDBOX_ACCOUNT cannot get to {folder}; "
            "let others pass through the folders above it (chmod o+x)."
        )
    if folder.stat().st_gid != account.gid or folder.stat().st_mode & 0o777 != _PASSABLE:
        os.chown(folder, -1, account.gid)
        folder.chmod(_PASSABLE)
