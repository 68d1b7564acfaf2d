"""What a deletion takes along, and what stands in its way: told before anything is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.saving import what_is_in_the_way
from jobyard_server.ui.inventory.labels import counted

MOST_NAMED: Final = 5


@dataclass(frozen=True, kw_only=True)
class Goes:
    """Rows of one kind that go along."""

    count: str  #: ``3 interfaces``.
    names: list[str]  #: Of the first ones.
    more: int


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """What happens when some rows are deleted."""

    obstacle: str = ""  #: A sentence; while there is one, nothing can be deleted.
    along: list[Goes] = field(default_factory=list)


def consequences_of(rows: Iterable[Any], user: User) -> Consequences:
    """For *user*, who is told no names of what they may not view. Cost: that of the deletion, without it."""
    given = list(rows)
    collector = Collector(using=DEFAULT_DB_ALIAS)
    try:
        for row in given:
            collector.collect([row])
    except (ProtectedError, RestrictedError) as exc:
        return Consequences(obstacle=what_is_in_the_way(exc, user))
    found: dict[type[Model], list[Any]] = {model: list(rows) for model, rows in collector.data.items()}
    for fast in collector.fast_deletes:
        found.setdefault(fast.model, []).extend(fast)
    return Consequences(along=_along(found, {row.pk for row in given}, user))


def _along(found: dict[type[Model], list[Any]], given: set[Any], user: User) -> list[Goes]:
    kinds = {model: [row for row in rows if row.pk not in given] for model, rows in found.items()}
    listed = [
        _goes(model, rows, user)
        for model, rows in kinds.items()
        if rows and not model._meta.auto_created  # the lines of a many-to-many relation are nobody's rows
    ]
    return sorted(listed, key=lambda goes: goes.count.partition(" ")[2])


def _goes(model: Any, rows: list[Any], user: User) -> Goes:
    keys = [row.pk for row in rows]
    visible = restrict(model._default_manager.filter(pk__in=keys), user, "view")[:MOST_NAMED]
    names = sorted(str(row) for row in visible)
    return Goes(count=counted(len(rows), model), names=names, more=len(rows) - len(names))
