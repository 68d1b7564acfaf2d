"""
What a revision means for the rows of its source. Runs inside the transaction of ``publish``.

A *unit* is what is inspected and kept together: a file, or a package with the classes of its submodules.
Each module that defines jobs has a row of its own (``pkg`` and ``pkg.sub``), since it is part of their
class paths; all rows of a unit change together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobyard.spec import JobSpec, LoadError, ModuleReport
from jobyard_server.registry.job_rows import JobRows
from jobyard_server.registry.models import Module, Revision, Source
from jobyard_server.registry.module_rows import ModuleRows
from jobyard_server.registry.published import Kept, Published


class Publication:
    """Brings the modules and jobs of *source* to what the reports of *revision* say."""

    def __init__(self, source: Source, revision: Revision) -> None:
        self._revision = revision
        self._published = Published()
        self._modules = ModuleRows(source, revision)
        self._jobs = JobRows(source, self._published)

    def write(self, reports: Sequence[ModuleReport]) -> Published:
        units = {report.module: report for report in reports}
        rows_of: dict[str, list[Module]] = {name: [] for name in units}
        for module in self._modules:
            unit = _unit_of(module.name, units)
            if unit is None:
                self._retire(module)
            else:
                rows_of[unit].append(module)
        for name, report in units.items():
            if report.error is None:
                self._accept(report, rows_of[name])
            else:
                self._keep(report, report.error, rows_of[name])
        self._modules.store()
        self._jobs.store()
        return self._published

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
            self._jobs.take(module, specs)

    def _keep(self, report: ModuleReport, error: LoadError, rows: list[Module]) -> None:
        """Jobs of the last good version stay as they are: installed if they were, and runnable."""
        main = self._modules.get(report.module)
        main.is_installed = True
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
        is_the_same = (
            before is not None and before["path"] == error.path and before["message"] == error.message
        )
        return {
            "commit": before["commit"] if before and is_the_same else self._revision.identifier,
            "path": error.path,
            "line": error.line,
            "message": error.message,
            "traceback": error.traceback,
        }

    def _retire(self, module: Module) -> None:
        """Gone from the source. Its revision stays on the row as a memory; nobody can run it."""
        module.is_installed, module.load_error = False, None
        self._jobs.uninstall(module)


def _unit_of(name: str, units: dict[str, ModuleReport]) -> str | None:
    """
    The unit that a row belongs to: ``pkg`` for ``pkg.sub``; None when it is gone.

    A plugin lists classes of its whole package: ``my_plugin.audit`` belongs to ``my_plugin.jobs``.
    """
    parent = name
    while parent and parent not in units:
        parent = parent.rpartition(".")[0]
    return parent or next((unit for unit in units if _top(unit) == _top(name)), None)


def _top(name: str) -> str:
    return name.partition(".")[0]
