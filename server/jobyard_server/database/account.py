"""The operating-system account that PostgreSQL runs under: ours, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobyard_server.database.errors import DatabaseError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Who runs the server. PostgreSQL refuses root, so for root this is somebody else."""

    uid: int
    gid: int
    is_other: bool  #: Another account than this process has.

    @property
    def process_options(self) -> dict[str, Any]:
        """Keyword arguments for ``subprocess``."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def make_private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        path.chmod(0o700)

    def can_reach(self, path: Path) -> bool:
        """Whether every folder above *path* may be passed through."""
        return not self.is_other or all(self._may_pass(parent) for parent in path.resolve().parents)

    def _may_pass(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise DatabaseError(
        f"PostgreSQL does not run as root and there is no account {' or '.join(CANDIDATES)};"
        " start jobyard as an ordinary user."
    )
