"""The findings of an inspection as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobyard.spec import JobSpec, LoadError, ModuleReport, VariableSpec


def report_lines(reports: Sequence[ModuleReport]) -> Iterator[str]:
    """Each module with its jobs, their variables, warnings and the error; one line of totals at the end."""
    for report in reports:
        yield report.path
        yield from _module_lines(report)
    jobs = sum(len(report.jobs) for report in reports)
    errors = sum(report.error is not None for report in reports)
    yield f"{count(len(reports), 'module')}, {count(jobs, 'job')}, {count(errors, 'error')}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _module_lines(report: ModuleReport) -> Iterator[str]:
    for warning in report.warnings:
        yield f"  warning: {warning}"
    if report.error:
        yield from _error_lines(report.error, report.path)
    for job in report.jobs:
        yield from _job_lines(job)


def _error_lines(error: LoadError, module_path: str) -> Iterator[str]:
    where = error.path or module_path
    place = f"{where}:{error.line}" if error.line else where
    yield f"  error: {place}: {error.message}"
    yield from (f"    {line}" for line in error.traceback.splitlines())


def _job_lines(job: JobSpec) -> Iterator[str]:
    line = f" (line {job.line})" if job.line else ""
    yield f"  {job.class_name}{line}: {job.name}"
    yield from (f"    {_variable_line(variable)}" for variable in job.variables)
    yield from (f"    test: {name}" for name in job.test_methods)
    yield from (f"    warning: {warning}" for warning in job.warnings)


def _variable_line(variable: VariableSpec) -> str:
    words = [variable.name, variable.type, "required" if variable.required else "optional"]
    if variable.has_default:
        words.append(f"default {variable.default!r}")
    return " ".join(words)
