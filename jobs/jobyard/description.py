"""
A job class as a spec: plain values, capped, with sentences for the author about what looks wrong.

Everything here touches author code (properties, callables, ``__str__``), so it runs in inspection only.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import replace

from jobyard.apps_job import AppsJob
from jobyard.data_files import path_in_source
from jobyard.declarations import (
    authors_classes,
    is_defined_by_author,
    style_of,
    test_methods_of,
    variables_of,
)
from jobyard.errors import InvalidDeclaration
from jobyard.job import BaseJob, grouping_of
from jobyard.lock_names import check_templates
from jobyard.log_rows import text_of
from jobyard.meta import META_NAMES, JobMeta, resolve_meta
from jobyard.namespaces import origin_of
from jobyard.plain_data import plain
from jobyard.receivers import JobButtonReceiver, JobHookReceiver
from jobyard.source_lines import line_of_class
from jobyard.spec import JobSpec, Json, VariableSpec
from jobyard.variable_description import describe_variable
from jobyard.variables import DryRunVar

MAX_NAME = 100
MAX_GROUPING = 200
MAX_DESCRIPTION = 10_000
MAX_NAMES_IN_LIST = 500
MAX_SPEC = 500_000  #: Bytes of JSON.
_MAX_CLASS_NAME = 100
_RESERVED = ("_commit", "_task_queue", "_profile")
_RESERVED_START = "_schedule_"
_NO_WARNING = META_NAMES | {"Meta", "source", "slug", "grouping", "file_path", "class_path"}
_META_WITHOUT_EFFECT = {"notifications_default", "label"}


def describe_job(cls: type[BaseJob]) -> JobSpec:
    """
    Describe a job class.

    Raises:
        InvalidDeclaration: A variable cannot be described, or has a reserved name.
        Exception: Whatever the author's code raises while it is asked.
    """
    warnings: list[str] = []
    meta = resolve_meta(cls)
    variables = _variables(cls, meta, warnings)
    tests = _test_methods(cls, warnings)
    is_apps_job = issubclass(cls, AppsJob)
    fieldsets = _fieldsets(meta.fieldsets, [variable.name for variable in variables], warnings)
    warnings[:0] = [*meta.warnings, *_warnings(cls, has_variables=bool(variables))]
    check_templates(meta.locks, [variable.name for variable in variables])
    spec = JobSpec(
        module=origin_of(cls.__module__).module,
        class_name=_checked_class_name(cls),
        grouping=grouping_of(cls)[:MAX_GROUPING],
        style=style_of(cls),
        is_job_hook_receiver=issubclass(cls, JobHookReceiver),
        is_job_button_receiver=issubclass(cls, JobButtonReceiver),
        names_locks=is_defined_by_author(cls, "lock_names"),
        has_run=is_defined_by_author(cls, "run"),
        has_post_run=not is_apps_job and is_defined_by_author(cls, "post_run"),
        test_methods=[] if is_apps_job else tests,
        variables=variables,
        fieldsets=fieldsets,
        path=path_in_source(cls),
        line=line_of_class(cls),
        warnings=warnings,
        name="",
    )
    return _checked_size(_with_meta(spec, meta))


def _checked_size(spec: JobSpec) -> JobSpec:
    """The parts are capped one by one; defaults and lists of names can still add up."""
    size = len(json.dumps(plain(spec.to_json())))
    if size > MAX_SPEC:
        raise InvalidDeclaration(
            f"{spec.class_name} has a description of {size} bytes; shorten its defaults, choices and lists "
            f"to {MAX_SPEC} bytes"
        )
    return spec


def _with_meta(spec: JobSpec, meta: JobMeta) -> JobSpec:
    warnings = list(spec.warnings)
    for text, most, what in (
        (meta.name, MAX_NAME, "name"),
        (meta.description, MAX_DESCRIPTION, "description"),
    ):
        if len(text) > most:
            warnings.append(f"The {what} is longer than {most} characters; the rest is cut off.")
    return replace(
        spec,
        name=" ".join(meta.name.split())[:MAX_NAME] or spec.class_name,
        description=meta.description[:MAX_DESCRIPTION],
        commit_default=meta.commit_default,
        read_only=meta.read_only,
        hidden=meta.hidden,
        field_order=meta.field_order[:MAX_NAMES_IN_LIST],
        soft_time_limit=meta.soft_time_limit,
        time_limit=meta.time_limit,
        has_sensitive_variables=meta.has_sensitive_variables,
        approval_required=meta.approval_required,
        scheduling_enabled=meta.scheduling_enabled,
        run_limit=meta.run_limit,
        locks=meta.locks[:MAX_NAMES_IN_LIST],
        max_retries=meta.max_retries,
        task_queues=meta.task_queues[:MAX_NAMES_IN_LIST],
        warnings=warnings,
    )


def _checked_class_name(cls: type) -> str:
    name = cls.__name__
    if not name.isidentifier() or len(name) > _MAX_CLASS_NAME:
        raise InvalidDeclaration(f"{name[:_MAX_CLASS_NAME]!r} is no name for a job class")
    return name


def _variables(cls: type, meta: JobMeta, warnings: list[str]) -> list[VariableSpec]:
    found = []
    for name, variable in variables_of(cls).items():
        if name in _RESERVED or name.startswith(_RESERVED_START):
            raise InvalidDeclaration(
                f"{cls.__name__}.{name}: this name of a variable is reserved; choose another"
            )
        spec = describe_variable(cls, name, variable, warnings)
        if isinstance(variable, DryRunVar) and meta.dryrun_default and not spec.has_default:
            spec = replace(spec, has_default=True, default=True)
        found.append(spec)
    return found


def _fieldsets(groups: list[Json] | None, names: list[str], warnings: list[str]) -> list[Json] | None:
    """Only with names that are variables, each in the first group that has it."""
    left, kept = set(names), []
    for heading, members in groups or []:
        unknown = [name for name in members if name not in names and name not in _RESERVED]
        warnings += [f"Meta.fieldsets names {name}, which is no variable." for name in unknown]
        own = [name for name in dict.fromkeys(members) if name in left]
        left -= set(own)
        if own:
            kept.append([heading[:MAX_GROUPING], own])
    return kept or None


def _test_methods(cls: type, warnings: list[str]) -> list[str]:
    """Also those that only an instance has; a class that cannot be instantiated still has its own."""
    try:
        return test_methods_of(cls, cls())
    except BaseException as exc:  # noqa: BLE001  # authors raise anything, SystemExit included
        warnings.append(f"{cls.__name__} cannot be instantiated, so its runs fail: {text_of(exc)[:500]}")
        return test_methods_of(cls)


def _warnings(cls: type[BaseJob], *, has_variables: bool) -> Iterator[str]:
    name = cls.__name__
    if has_variables and getattr(cls, "run", None) is None:
        yield f"{name} has variables but no run(), so nothing reads what users enter."
    for variable in variables_of(cls):
        if variable == "run" or (hasattr(BaseJob, variable) and variable not in _NO_WARNING):
            yield f"{name}.{variable} is a variable that hides a method or attribute of Job; rename it."
    own = {attribute for item in authors_classes(cls) for attribute in vars(item)}
    if "template_name" in own:
        yield f"{name}.template_name is ignored: forms are made from the variables."
    if "as_form" in own:
        yield f"{name}.as_form() is never called: forms are made from the variables."
    yield from _misspelt(cls)


def _misspelt(cls: type) -> Iterator[str]:
    for attribute in vars(getattr(cls, "Meta", object)):
        if attribute.startswith("_") or attribute in META_NAMES | _META_WITHOUT_EFFECT:
            continue
        close = difflib.get_close_matches(attribute, META_NAMES, n=1, cutoff=0.8)
        if close:
            yield f"Meta.{attribute} of {cls.__name__} is not known; did you mean {close[0]}?"
