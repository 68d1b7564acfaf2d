"""What a publication did, for the log of the sync."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobyard.spec import ModuleReport
from jobyard_server.registry.models import Job


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A module that stays at its last good revision."""

    module: str
    commit: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """The outcome, job by job and module by module; jobs have their module and source loaded."""

    created: list[Job] = field(default_factory=list)
    refreshed: list[Job] = field(default_factory=list)  #: Known before; also those that came back.
    removed: list[Job] = field(default_factory=list)  #: Not installed any more.
    failed: list[ModuleReport] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
