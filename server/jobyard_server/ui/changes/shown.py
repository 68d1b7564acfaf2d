"""Changes, ready to be shown: names instead of keys, and the steps of one object together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.changes.models import ACTIONS, CREATE, Change
from jobyard_server.changes.plan import Plan
from jobyard_server.changes.tracked import naming_columns

LONGEST = 300  #: Characters of one value.
Reference = tuple[type[Model], Any]  #: Model and key.


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field of one change."""

    label: str
    before: str  #: Empty text where there was nothing.
    after: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of an object."""

    action: str
    word: str
    lines: list[Line]
    change: Change


@dataclass(frozen=True, kw_only=True)
class ChangedObject:
    """All that happens to one object within a page."""

    kind: str
    name: str
    url: str  #: Empty for an object that is not there, or that the reader may not view.
    steps: list[Step] = field(default_factory=list)

    @property
    def action(self) -> str:
        """What happens to it on the whole."""
        return self.steps[-1].action if self.steps[0].action != CREATE else CREATE


def by_object(changes: Sequence[Change], user: User, plan: Plan | None = None) -> list[ChangedObject]:
    """
    The objects of *changes* in the order in which they come up.

    Args:
        changes: Of one page.
        user: Who reads it; rows that this user may not view are named by their keys.
        plan: Where names of rows are found that are not there.

    Cost: one query for each kind of row that the page speaks of.
    """
    names = _Names(changes, user, plan)
    found: dict[tuple[int, Any], ChangedObject] = {}
    for change in changes:
        key = (change.changed_object_type_id, change.changed_object_id)
        if key not in found:
            found[key] = ChangedObject(kind=_kind(change), name=change.object_name, url=names.url(change))
        found[key].steps.append(_step(change, names))
    return list(found.values())


def _step(change: Change, names: _Names) -> Step:
    lines = [
        Line(
            label=_label(name),
            before=names.text(change, name, was),
            after=names.text(change, name, became),
        )
        for name, (was, became) in change.differing.items()
        if name != "id" and not (_is_empty(was) and _is_empty(became))
    ]
    return Step(action=change.action, word=ACTIONS[change.action], lines=lines, change=change)


class _Names:
    """The names of all rows that a page speaks of."""

    def __init__(self, changes: Iterable[Change], user: User, plan: Plan | None) -> None:
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for change in changes:
            if change.changed_model is not None:
                wanted[change.changed_model].add(change.changed_object_id)
            for model, key in _references(change):
                wanted[model].add(key)
        self._found: dict[Reference, str] = {}
        for model, keys in wanted.items():
            self._found |= _named(model, keys, user)
        missing = {key for model, keys in wanted.items() for key in keys if (model, key) not in self._found}
        self._planned = plan.about({key for key in missing if isinstance(key, UUID)}) if plan else {}

    def url(self, change: Change) -> str:
        model: Any = change.changed_model
        if model is None or (model, change.changed_object_id) not in self._found:
            return ""
        return str(model(pk=change.changed_object_id).get_absolute_url())

    def text(self, change: Change, name: str, value: Any) -> str:
        related = _related_model(change.changed_model, name)
        if related is not None:
            keys = value if isinstance(value, list) else [value] if value is not None else []
            return ", ".join(sorted(self._name(related, key) for key in keys))
        return _text(value)

    def _name(self, model: type[Model], text: Any) -> str:
        key = _key(text)
        return self._found.get((model, key)) or self._planned.get(key) or str(text)[:8]


def _named(model: type[Model], keys: set[Any], user: User) -> dict[Reference, str]:
    if model is ContentType:
        return {(model, key): str(ContentType.objects.get_for_id(key)) for key in keys}
    columns = naming_columns(model)
    rows = restrict(model._default_manager.filter(pk__in=keys), user, "view").values_list("pk", *columns)
    return {(model, key): next((str(name) for name in found if name), "") for key, *found in rows}


def _references(change: Change) -> Iterable[Reference]:
    for name, values in change.differing.items():
        related = _related_model(change.changed_model, name)
        if related is not None:
            for value in values:
                for key in value if isinstance(value, list) else [value]:
                    if key is not None:
                        yield related, _key(key)


def _related_model(model: type[Model] | None, name: str) -> type[Model] | None:
    """The model that the field *name* refers to; None for plain values."""
    known = (
        {item.name: item for item in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        if model
        else {}
    )
    related = known[name].related_model if name in known else None
    return related if isinstance(related, type) else None


def _key(text: Any) -> Any:
    try:
        return UUID(text) if isinstance(text, str) else text
    except ValueError:
        return text


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _text(value: Any) -> str:
    if _is_empty(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, indent=1)
        if isinstance(value, dict | list)
        else str(value)
    )
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _kind(change: Change) -> str:
    model = change.changed_model
    return str(model._meta.verbose_name) if model else change.object_type


def _label(name: str) -> str:
    return name.strip("_").replace("_", " ")
