"""Where the attributes of a job come from: the author's class, its ``Meta``, or the default."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from typing import Any

from jobyard.declarations import authors_classes
from jobyard.variables import ScriptVariable

_MISSING = object()
MAX_RETRIES = 10


@dataclass(frozen=True)
class _Attribute:
    """One row of the table below."""

    name: str
    type: type | tuple[type, ...]
    default: Any
    on_class: bool = True  #: Also read from the class itself, before Meta.


_ATTRIBUTES = (
    _Attribute("name", str, default=None),
    _Attribute("description", str, default=""),
    _Attribute("commit_default", bool, default=True),
    _Attribute("dryrun_default", bool, default=False),
    _Attribute("field_order", (list, tuple), default=()),
    _Attribute("read_only", bool, default=False),
    _Attribute("hidden", bool, default=False),
    _Attribute("soft_time_limit", int, default=0),
    _Attribute("time_limit", int, default=0),
    _Attribute("has_sensitive_variables", bool, default=True),
    _Attribute("approval_required", bool, default=False),
    _Attribute("task_queues", (list, tuple), default=()),
    _Attribute("is_singleton", bool, default=False, on_class=False),
    _Attribute("run_limit", int, default=0, on_class=False),
    _Attribute("locks", (list, tuple), default=(), on_class=False),
    _Attribute("idempotent", bool, default=False, on_class=False),
    _Attribute("max_retries", int, default=0, on_class=False),
    _Attribute("job_timeout", int, default=0, on_class=False),
    _Attribute("fieldsets", (list, tuple), default=(), on_class=False),
    _Attribute("scheduling_enabled", bool, default=True, on_class=False),
)
META_NAMES = frozenset(attribute.name for attribute in _ATTRIBUTES if attribute.on_class)


@dataclass(frozen=True, kw_only=True)
class JobMeta:
    """The resolved attributes of one class; the operator's overrides are not applied here."""

    name: str
    description: str  #: Common indentation removed.
    commit_default: bool
    dryrun_default: bool  #: Of a DryRunVar without a default of its own.
    field_order: list[str]
    read_only: bool
    hidden: bool
    soft_time_limit: int  #: Seconds; 0: the server's default.
    time_limit: int
    has_sensitive_variables: bool
    approval_required: bool
    task_queues: list[str]
    fieldsets: list[Any] | None
    scheduling_enabled: bool
    run_limit: int  #: Runs of the job that may be active at once; 0: any number.
    locks: list[str]  #: Templates, see ``lock_names``.
    idempotent: bool  #: Doing it twice is as good as doing it once, so it may be tried again.
    max_retries: int
    warnings: list[str] = field(default_factory=list)  #: Values of a wrong type, named.


def resolve_meta(cls: type) -> JobMeta:
    """Read the attributes of a job class; never raises for what the author wrote."""
    warnings: list[str] = []
    values = {attribute.name: _value(cls, attribute, warnings) for attribute in _ATTRIBUTES}
    timeout = values.pop("job_timeout")
    if values.pop("is_singleton"):
        values["run_limit"] = 1
    values["max_retries"] = _retries(values, warnings)
    for name in ("field_order", "task_queues", "locks"):
        values[name] = [str(item) for item in values[name]]
    values["name"] = values["name"] or cls.__name__
    values["description"] = inspect.cleandoc(values["description"]).strip()
    values["time_limit"] = values["time_limit"] or timeout
    values["fieldsets"] = _fieldsets(values["fieldsets"], warnings)
    return replace(JobMeta(**values), warnings=warnings)


def _retries(values: dict[str, Any], warnings: list[str]) -> int:
    """Trying again takes both words: how often, and that it does no harm."""
    asked: int = values["max_retries"]
    if asked and not values["idempotent"]:
        warnings.append("Meta.max_retries has no effect without Meta.idempotent = True.")
        return 0
    if asked > MAX_RETRIES:
        warnings.append(f"Meta.max_retries is {MAX_RETRIES} at most.")
    return min(asked or (1 if values["idempotent"] else 0), MAX_RETRIES)


def _value(cls: type, attribute: _Attribute, warnings: list[str]) -> Any:
    if attribute.on_class:
        for item in authors_classes(cls):
            own = vars(item).get(attribute.name, _MISSING)
            if own is not _MISSING and _fits(own, attribute):
                return _plain(own)
    value = getattr(getattr(cls, "Meta", None), attribute.name, None)
    if value is None:
        return attribute.default
    if _fits(value, attribute):
        return _plain(value)
    warnings.append(f"Meta.{attribute.name} of {cls.__name__} has a wrong type; its default is used.")
    return attribute.default


def _fits(value: Any, attribute: _Attribute) -> bool:
    if isinstance(value, ScriptVariable):
        return False
    if attribute.type is str:
        return isinstance(value, str) or _is_lazy_text(value)
    if attribute.type is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, attribute.type)


def _is_lazy_text(value: Any) -> bool:
    """Text that Django translates when it is shown."""
    return any(
        cls.__name__ == "Promise" and cls.__module__.startswith("django.") for cls in type(value).__mro__
    )


def _plain(value: Any) -> Any:
    return str(value) if _is_lazy_text(value) or isinstance(value, str) else value


def _fieldsets(value: Any, warnings: list[str]) -> list[Any] | None:
    try:
        return [[str(heading), [str(name) for name in names]] for heading, names in value] or None
    except (TypeError, ValueError):
        warnings.append("Meta.fieldsets is not a list of (heading, names) pairs and is ignored.")
        return None
