"""
Import a module and describe the jobs in it. Runs in a throw-away process: importing executes author code.

Whatever that code raises becomes a report. Code that hangs, exits or kills the process is the caller's
business: it knows which module was being read.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

from jobyard.data_files import path_in_source
from jobyard.description import MAX_NAMES_IN_LIST, describe_job
from jobyard.discovery import ModuleFile
from jobyard.job import BaseJob
from jobyard.job_classes import jobs_in, listed_jobs
from jobyard.load_errors import load_error
from jobyard.loader import Loader, PluginLoader, SourceLoader
from jobyard.module_warnings import module_warnings
from jobyard.plain_data import plain
from jobyard.script_order import in_script_order
from jobyard.source_lines import line_of_class
from jobyard.spec import LoadError, ModuleReport

__all__ = ["describe_module", "describe_plugin"]

MAX_JOBS = 2_000
_MAX_WARNINGS = MAX_NAMES_IN_LIST


def describe_module(loader: Loader, module: ModuleFile) -> ModuleReport:
    """
    Import *module* and describe its jobs, or the error that kept it from being read.

    Never raises, also not for SystemExit and KeyboardInterrupt of author code.
    """
    try:
        loaded = loader.load(module.name)
        jobs = in_script_order(loaded, jobs_in(loaded))
        report = _report(module, jobs, module_warnings(loaded, module), loader.root)
    except BaseException as exc:  # noqa: BLE001  # authors raise anything
        report = ModuleReport(
            module=module.name, path=module.path, error=load_error(exc, loader.root, module.path)
        )
    return _with_init_errors(report, loader)


def describe_plugin(module_name: str) -> ModuleReport:
    """
    Import the jobs module of an installed plugin and describe the jobs it lists; never raises.

    Args:
        module_name: Dotted name of the module that holds the list ``jobs``.
    """
    root, path = Path(), ""
    try:
        loader = PluginLoader(module_name).install()
        root = loader.root
        loaded = loader.load(module_name)
        path = _path_of(loaded, root)
        jobs = [(0, cls) for cls in listed_jobs(loaded)]
        return _report(ModuleFile(module_name, path), jobs, [], root)
    except BaseException as exc:  # noqa: BLE001  # plugins raise anything
        return ModuleReport(module=module_name, path=path, error=load_error(exc, root, path))


def _report(
    module: ModuleFile, classes: list[tuple[int, type[BaseJob]]], warnings: list[str], root: Path
) -> ModuleReport:
    if len(classes) > MAX_JOBS:
        warnings.append(f"Only the first {MAX_JOBS} jobs of this module are listed.")
    jobs = []
    for position, cls in classes[:MAX_JOBS]:
        try:
            jobs.append(replace(describe_job(cls), position=position))
        except BaseException as exc:  # noqa: BLE001  # author code is asked
            return ModuleReport(module=module.name, path=module.path, error=_error_of(cls, exc, root))
    warnings = warnings[:_MAX_WARNINGS]
    report = ModuleReport(module=module.name, path=module.path, jobs=jobs, warnings=warnings)
    return ModuleReport.from_json(plain(report.to_json()))  # texts that a database can keep


def _error_of(cls: type[BaseJob], exc: BaseException, root: Path) -> LoadError:
    """Where author code did not raise itself, the class is the place."""
    error = load_error(exc, root, path_in_source(cls))
    return error if error.line else replace(error, line=line_of_class(cls) or None)


def _with_init_errors(report: ModuleReport, loader: Loader) -> ModuleReport:
    """An ``__init__.py`` that raises counts as empty; each module that it might matter to says so."""
    for path, exc in loader.init_errors if isinstance(loader, SourceLoader) else ():
        error = load_error(exc, loader.root)
        place = path.relative_to(loader.root).as_posix()
        line = f", line {error.line}" if error.line else ""
        report.warnings.append(f"{place} is taken as empty, because it raises {error.message}{line}")
    return report


def _path_of(module: ModuleType, root: Path) -> str:
    file = Path(module.__file__ or "")
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
