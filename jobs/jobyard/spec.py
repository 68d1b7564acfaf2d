"""
The description of a job as plain data: the only thing that crosses from job code to the server.

An inspection child builds it from the class, the registry stores it as JSON, and forms, REST
validation, the command line and OpenAPI are all made from it. The server never imports job code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

SPEC_VERSION = 1  #: Raised when a stored spec can no longer be read by newer code without a new inspection.

Json = Any  #: A value that the json module can carry.


@dataclass(frozen=True, kw_only=True)
class VariableSpec:
    """One input of a job. Options that do not apply to its kind are left at their default."""

    name: str  #: Attribute name on the class, and key in ``data``.
    type: str  #: Class name the author used, shown by the API (may be the author's own subclass).
    kind: str  #: Nearest class of our table (``StringVar``, …): decides how the value is cleaned.
    label: str  #: Never empty: derived from the name when the author gave none.
    description: str = ""
    required: bool = True
    default: Json = None  #: In the queued form of its kind; never present for a secret variable.
    has_default: bool = False  #: Tells "no default" from a default of None.
    secret: bool = False  #: A PasswordInput: never stored in a request, shown, or logged.
    widget: str = ""  #: Dotted path of the widget class the author chose; empty for the field's own.
    min_length: int | None = None
    max_length: int | None = None
    regex: str | None = None  #: Searched anywhere in the value.
    min_value: int | str | None = None  #: Text for DecimalVar, so that no precision is lost.
    max_value: int | str | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    choices: list[Json] | None = (
        None  #: ``[value, label]`` or ``[group, [[value, label], …]]``; values are text.
    )
    model: str | None = None  #: ``dcim.site``, lower case, for object variables.
    display_field: str = "display"
    query_params: dict[str, Json] | None = None
    null_option: str | None = None
    min_prefix_length: int | None = None
    max_prefix_length: int | None = None

    @classmethod
    def from_json(cls, value: dict[str, Json]) -> Self:
        return cls(**_known(cls, value))


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """Everything the server knows about a job class."""

    module: str  #: Module name (``devices``, ``pkg.sub``, ``my_plugin.jobs``).
    class_name: str
    name: str  #: Display name, at most 100 characters.
    grouping: str  #: Heading under which the module's jobs are listed.
    description: str = ""  #: Markdown, common indentation removed.
    style: str = "job"  #: job, script, report, netbox-script, netbox-report, apps-job
    commit_default: bool = True
    read_only: bool = False
    hidden: bool = False
    field_order: list[str] = field(default_factory=list)
    fieldsets: list[Json] | None = (
        None  #: ``[heading, [variable name, …]]``, each variable in one of them at most.
    )
    soft_time_limit: int = 0  #: Seconds; 0 means the server's default.
    time_limit: int = 0  #: Seconds; 0 means the server's default.
    has_sensitive_variables: bool = True
    approval_required: bool = False
    scheduling_enabled: bool = True
    task_queues: list[str] = field(default_factory=list)  #: Empty means the default queue.
    run_limit: int = 0  #: Runs that may be active at once; 0: any number, 1: a singleton.
    locks: list[str] = field(default_factory=list)  #: Templates of what a run locks: ``lock_names``.
    names_locks: bool = False  #: The class has a method ``lock_names(data)``.
    max_retries: int = 0  #: Times that a run is tried again after it was lost or has raised.
    is_job_hook_receiver: bool = False
    is_job_button_receiver: bool = False
    has_run: bool = False
    has_post_run: bool = False
    test_methods: list[str] = field(default_factory=list)  #: In the order in which they run.
    variables: list[VariableSpec] = field(default_factory=list)  #: In declaration order.
    position: int = 0  #: Place in lists by the module's ``script_order``; 0 for all without one.
    path: str = ""  #: Defining file, relative to the root of the snapshot.
    line: int = 0  #: First line of the class in that file.
    warnings: list[str] = field(default_factory=list)  #: Sentences for the author.
    version: int = SPEC_VERSION

    @property
    def is_receiver(self) -> bool:
        """Started by changes of rows or by buttons on their pages, not by people."""
        return self.is_job_hook_receiver or self.is_job_button_receiver

    @property
    def ordered_variables(self) -> list[VariableSpec]:
        """Variables in form order: those of ``field_order`` first, unlisted ones after them."""
        by_name = {variable.name: variable for variable in self.variables}
        listed = [by_name[name] for name in dict.fromkeys(self.field_order) if name in by_name]
        return listed + [variable for variable in self.variables if variable not in listed]

    def to_json(self) -> dict[str, Json]:
        # Not asdict(), which copies every value deeply: it is most of what an inspection costs.
        return {**vars(self), "variables": [dict(vars(item)) for item in self.variables]}

    @classmethod
    def from_json(cls, value: dict[str, Json]) -> Self:
        known = _known(cls, value)
        known["variables"] = [VariableSpec.from_json(item) for item in known.get("variables", [])]
        return cls(**known)


@dataclass(frozen=True, kw_only=True)
class LoadError:
    """Why a module could not be described, in words for its author."""

    message: str  #: ``{Type}: {text}``, or what the child did ("inspection ended without result …").
    path: str = ""  #: File where it happened, relative to the root of the snapshot.
    line: int | None = None
    traceback: str = ""  #: Frames of the source only, paths relative to it.

    @classmethod
    def from_json(cls, value: dict[str, Json]) -> Self:
        return cls(**_known(cls, value))


@dataclass(frozen=True, kw_only=True)
class ModuleReport:
    """What inspection found in one module: its jobs, or the error that kept them from being read."""

    module: str
    path: str  #: Relative to the root of the snapshot.
    jobs: list[JobSpec] = field(default_factory=list)  #: By class name.
    error: LoadError | None = None
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Json]:
        error = None if self.error is None else dict(vars(self.error))
        return {**vars(self), "jobs": [job.to_json() for job in self.jobs], "error": error}

    @classmethod
    def from_json(cls, value: dict[str, Json]) -> Self:
        known = _known(cls, value)
        known["jobs"] = [JobSpec.from_json(item) for item in known.get("jobs", [])]
        known["error"] = LoadError.from_json(known["error"]) if known.get("error") else None
        return cls(**known)


def _known(cls: type, value: dict[str, Json]) -> dict[str, Json]:
    """Keep the keys this version knows, so that a spec written by newer code can still be read."""
    names = {item.name for item in fields(cls)}
    return {key: item for key, item in value.items() if key in names}
