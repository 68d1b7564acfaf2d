"""
From what an inspection child sent to a report that the registry can store.

The child runs author code, so nothing about its answer is taken for granted: size, types, lengths of
columns, and that it speaks of its own module only.
"""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from jobyard.discovery import ModuleFile
from jobyard.plain_data import plain
from jobyard.spec import JobSpec, ModuleReport

MAX_JOBS = 2_000
_MAX_LENGTHS = {"class_name": 100, "name": 100, "grouping": 255, "module": 250, "path": 1024}  # columns
_UNSTORABLE = ("\\u0000", "\\ud8", "\\ud9", "\\uda", "\\udb", "\\udc", "\\udd", "\\ude", "\\udf")


class ReportRefused(Exception):  # noqa: N818  # an event of the domain, not of the program
    """The answer is no report on this module; the text says what is wrong, without repeating it."""


def read_report(value: object, module: ModuleFile, *, max_bytes: int) -> ModuleReport:
    """
    The report on *module*.

    Args:
        value: What JSON carried.
        module: The module that was being inspected; for a plugin its path may be empty.
        max_bytes: Of the answer, as JSON.

    Raises:
        ReportRefused: It does not fit.
    """
    answer = _storable(value, max_bytes)
    _check(answer, ModuleReport, "report")
    report = ModuleReport.from_json(answer)
    if report.module != module.name:
        raise ReportRefused("it is about another module")
    _check_jobs(report)
    return replace(report, path=module.path or report.path)


def _storable(value: object, max_bytes: int) -> Any:
    try:
        text = json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise ReportRefused("it holds a number that JSON cannot carry") from None
    if len(text) > max_bytes:
        raise ReportRefused(f"it is larger than {max_bytes / 1_000_000:g} MB")
    # Rare, so that the walk through all values is worth avoiding.
    return plain(value) if any(escape in text for escape in _UNSTORABLE) else value


def _check_jobs(report: ModuleReport) -> None:
    if len(report.jobs) > MAX_JOBS:
        raise ReportRefused(f"it has more than {MAX_JOBS} jobs")
    if len({(job.module, job.class_name) for job in report.jobs}) < len(report.jobs):
        raise ReportRefused("it names a job twice")
    for job in report.jobs:
        _check_job(job, report)
    if report.error is not None and report.jobs:
        raise ReportRefused("it has jobs and an error")


def _check_job(job: JobSpec, report: ModuleReport) -> None:
    is_own = f"{job.module}.".startswith(f"{report.module.partition('.')[0]}.")
    if not is_own or "/" in job.module or not job.module.isprintable():
        raise ReportRefused("it names a job of another module")
    if not job.class_name.isidentifier():
        raise ReportRefused("it names a job with an impossible class name")
    for name, most in _MAX_LENGTHS.items():
        if len(getattr(job, name)) > most:
            raise ReportRefused(f"the {name} of a job is longer than {most} characters")


def _check(value: object, expected: Any, place: str) -> None:
    """*value* has the type that the annotation *expected* says, all the way down."""
    if not _fits(value, expected):
        raise ReportRefused(f"{place} has the wrong type")


def _fits(value: object, expected: Any) -> bool:
    origin, arguments = get_origin(expected), get_args(expected)
    if expected is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(_fits(value, option) for option in arguments)
    if is_dataclass(expected):
        return isinstance(value, dict) and _has_fields(value, expected)
    if not isinstance(value, origin or expected):
        return False
    if origin is list:
        return all(_fits(item, arguments[0]) for item in value)
    return not (expected is int and isinstance(value, bool))


def _has_fields(value: dict[str, Any], cls: Any) -> bool:
    for name, (expected, plain_types, is_required) in _fields(cls).items():
        if name not in value:
            if is_required:
                raise ReportRefused(f"{name} is missing")
        elif type(value[name]) not in plain_types:  # which settles most of them
            _check(value[name], expected, name)
    return True


@cache
def _fields(cls: Any) -> dict[str, tuple[Any, frozenset[type], bool]]:
    """By name: the annotation, the types that fit without a closer look, and whether it must be there."""
    hints = get_type_hints(cls)
    return {
        item.name: (
            hints[item.name],
            _plain_types(hints[item.name]),
            item.default is MISSING and item.default_factory is MISSING,
        )
        for item in fields(cls)
    }


def _plain_types(expected: Any) -> frozenset[type]:
    options = get_args(expected) if get_origin(expected) is types.UnionType else (expected,)
    return frozenset(option for option in options if option in (str, int, bool, types.NoneType))
