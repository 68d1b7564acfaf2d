"""
What a revision means for the rows of its source. Runs inside the transaction of ``publish``.

A *unit* is what is inspected and kept together: a file, or a package with the classes of its submodules.
Each module that defines jobs has a row of its own (``pkg`` and ``pkg.sub``), since it is part of their
class paths; all rows of a unit change together.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobyard.spec import JobSpec, LoadError, ModuleReport
from jobyard_server.registry.job_rows import JobRows
from jobyard_server.registry.models import Job, Module, Revision, Source
from jobyard_server.registry.module_rows import ModuleRows
from jobyard_server.registry.published import Kept, Published


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What is known of the modules of a revision; a module that is nowhere in it is gone."""

    reports: Sequence[ModuleReport]  #: Of the units that were inspected.
    #: Units that loaded when they were last inspected, and would again.
    unchanged: frozenset[str] = frozenset()
    known_errors: Sequence[ModuleReport] = ()  #: Of units that did not, and would not now.
    fingerprints: Mapping[str, tuple[str, list[str]]] = field(
        default_factory=dict
    )  #: By unit: what its inspection depended on, and the data files that it read.
    renames: Mapping[str, str] = field(default_factory=dict)  #: Old name of a unit to its new one.


class Publication:
    """
    Brings the modules and jobs of *source* to what was found out about *revision*.

    Args:
        source: Locked by the caller.
        revision: The one that is published.
        found: What is known of its modules.
    """

    def __init__(self, source: Source, revision: Revision, found: Findings) -> None:
        self._revision = revision
        self._found = found
        self._published = Published(
            unchanged=[*found.unchanged, *(report.module for report in found.known_errors)],
            module_count=len(found.reports) + len(found.unchanged) + len(found.known_errors),
            job_count=Job.objects.filter(module__source=source, installed=True).count(),
        )
        self._units = {report.module: report for report in (*found.reports, *found.known_errors)}
        self._all_units = {*self._units, *found.unchanged}
        self._modules = ModuleRows(source, revision, self._is_settled)
        self._jobs = JobRows(source, self._published, list(self._modules))

    @property
    def changed_jobs(self) -> list[Job]:
        """Jobs that :meth:`store` writes, as they will be."""
        return self._jobs.changed

    def compare(self) -> Published:
        """What :meth:`store` will do."""
        self._rename()
        rows_of: dict[str, list[Module]] = {name: [] for name in self._units}
        for module in self._modules:
            unit = _unit_of(module.name, self._all_units)
            if unit is None:
                self._retire(module)
            else:
                rows_of[unit].append(module)
        for name, report in self._units.items():
            if report.error is None:
                self._accept(report, rows_of[name])
            else:
                self._keep(report, report.error, rows_of[name])
        return self._published

    def store(self) -> None:
        self._modules.store()
        self._jobs.store()

    def _is_settled(self, name: str) -> bool:
        return _unit_of(name, self._all_units) in self._found.unchanged

    def _rename(self) -> None:
        """A row whose file was renamed gets the new name, unless that name has a row of its own already."""
        for module in self._modules:
            unit = _parent_in(module.name, self._found.renames)
            if unit is None or unit in self._all_units:
                continue
            old_name = module.name
            name = self._found.renames[unit] + old_name.removeprefix(unit)
            if name not in self._modules:
                self._modules.rename(module, name)
                self._jobs.rename(module, old_name)

    def _accept(self, report: ModuleReport, rows: list[Module]) -> None:
        by_module: dict[str, list[JobSpec]] = {report.module: []}
        for spec in report.jobs:
            by_module.setdefault(spec.module, []).append(spec)
        for row in rows:
            if row.name not in by_module:
                self._retire(row)
        for name, specs in by_module.items():
            is_main = name == report.module
            module = self._modules.get(name)
            module.path = report.path if is_main else specs[0].path
            module.grouping = specs[0].grouping if specs else name
            module.warnings = report.warnings if is_main else []
            module.revision, module.is_installed, module.load_error = self._revision, True, None
            if is_main:
                self._note_fingerprint(module)
            self._jobs.take(module, specs)

    def _note_fingerprint(self, module: Module) -> None:
        module.fingerprint, reads = self._found.fingerprints.get(module.name, ("", []))
        module.reads = list(reads)

    def _keep(self, report: ModuleReport, error: LoadError, rows: list[Module]) -> None:
        """Jobs of the last good version stay as they are: installed if they were, and runnable."""
        main = self._modules.get(report.module)
        if not _is_same(error, main.load_error):
            self._published.newly_failed.append(report.module)
        main.is_installed = True
        self._note_fingerprint(main)
        if main.revision is None:
            main.path = report.path
        else:
            self._published.kept.append(Kept(module=main.name, commit=main.revision.identifier))
        for row in (main, *(row for row in rows if row is not main)):
            if row.is_installed:
                row.load_error = self._error_json(error, row.load_error)
        self._published.failed.append(report)

    def _error_json(self, error: LoadError, before: dict[str, Any] | None) -> dict[str, Any]:
        """``commit`` is the first one that shows this error."""
        return {
            "commit": before["commit"] if before and _is_same(error, before) else self._revision.identifier,
            "path": error.path,
            "line": error.line,
            "message": error.message,
            "traceback": error.traceback,
        }

    def _retire(self, module: Module) -> None:
        """Gone from the source. Its revision stays on the row as a memory; nobody can run it."""
        module.is_installed, module.load_error = False, None
        self._jobs.uninstall(module)


def _is_same(error: LoadError, before: dict[str, Any] | None) -> bool:
    return before is not None and (before["path"], before["message"]) == (error.path, error.message)


def _unit_of(name: str, units: Collection[str]) -> str | None:
    """
    The unit that a row belongs to: ``pkg`` for ``pkg.sub``; None when it is gone.

    A plugin lists classes of its whole package: ``my_plugin.audit`` belongs to ``my_plugin.jobs``.
    """
    plugins = (unit for unit in units if "." in unit and _top(unit) == _top(name))
    return _parent_in(name, units) or next(plugins, None)


def _parent_in(name: str, known: Container[str]) -> str | None:
    """*name* or the nearest of its parents that is among *known*."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def _top(name: str) -> str:
    return name.partition(".")[0]
