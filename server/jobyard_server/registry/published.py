"""What a publication did, for the log of the sync and for the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jobyard.spec import ModuleReport
from jobyard_server.registry.models import Job


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A module that stays at its last good revision."""

    module: str
    commit: str


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A job whose spec is another one now."""

    job: Job
    before: dict[str, Any]  #: The spec that was in service.


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """A job that has another class path now, because its file was renamed."""

    job: Job
    before: str  #: The class path that it had.


@dataclass(frozen=True, kw_only=True)
class Published:
    """The outcome, job by job and module by module; jobs have their module and source loaded."""

    created: list[Job] = field(default_factory=list)
    refreshed: list[Job] = field(default_factory=list)  #: Inspected and known before, or back again.
    changed: list[Changed] = field(default_factory=list)  #: Those of them whose spec differs.
    returned: list[Job] = field(default_factory=list)  #: Those of them that were not installed.
    removed: list[Job] = field(default_factory=list)  #: Not installed any more.
    renamed: list[Renamed] = field(default_factory=list)
    failed: list[ModuleReport] = field(default_factory=list)
    newly_failed: list[str] = field(default_factory=list)  #: Names of those that did not fail so before.
    kept: list[Kept] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)  #: Modules whose last inspection still holds.
    broken_inputs: list[dict[str, Any]] = field(default_factory=list)  #: See ``saved_inputs``.
    module_count: int = 0
    job_count: int = 0  #: Installed jobs before.
