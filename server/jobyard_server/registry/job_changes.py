"""What differs between two specs of a job, in words: for timelines, dry runs and differences."""

from __future__ import annotations

from typing import Any

_NOT_TOLD = frozenset(
    {"variables", "path", "line", "version", "module", "class_name", "warnings", "position"}
)
_MAX_VALUE = 120  # characters of a value that are shown

Change = dict[str, Any]


def spec_changes(old: dict[str, Any], new: dict[str, Any]) -> Change | None:
    """
    ``{"fields": […], "variables": […]}``, or None when users would notice nothing.

    A field is ``{name, old, new}``; a variable ``{name, change, fields}``, where change is ``added``,
    ``removed`` or ``changed``. Values are texts, shortened.

    Args:
        old: A spec as JSON.
        new: Likewise.
    """
    variables = _variable_changes(old.get("variables", []), new.get("variables", []))
    fields = _field_changes(old, new)
    return {"fields": fields, "variables": variables} if fields or variables else None


def _variable_changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    before = {item["name"]: item for item in old}
    after = {item["name"]: item for item in new}
    removed = [{"name": name, "change": "removed", "fields": []} for name in before if name not in after]
    added = [{"name": name, "change": "added", "fields": []} for name in after if name not in before]
    changed = [
        {"name": name, "change": "changed", "fields": fields}
        for name in after
        if name in before and (fields := _field_changes(before[name], after[name]))
    ]
    return [*added, *changed, *removed]


def _field_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    names = [name for name in new if name not in _NOT_TOLD]
    return [
        {"name": name, "old": _shown(old.get(name)), "new": _shown(new[name])}
        for name in names
        if old.get(name) != new[name]
    ]


def _shown(value: object) -> str:
    text = "-" if value is None or value == "" else str(value)
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…"
