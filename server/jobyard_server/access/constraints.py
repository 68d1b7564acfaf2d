"""
The constraints of object permissions: JSON objects of Django lookups.

``{"status__slug": "active", "user": "$user"}``: all members must match; a list of such objects: any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import JSONField, Model, Q

from jobyard_server.access.grants import alternatives
from jobyard_server.access.models import User

USER: Final = "$user"  #: Stands for whoever asks.
MOST: Final = 50  #: Alternatives of one permission.
#: Columns that nobody may probe by asking which rows a condition matches.
SECRET: Final = re.compile(r"(^|__)(password|digest|\w*_encrypted)(__|$)")


def matching(limit: list[dict[str, Any]] | None, user: User) -> Q:
    """The condition of one permission, for *user*."""
    condition = Q()
    for each in limit or ():
        condition |= Q(**{path: _meant(value, user) for path, value in each.items()})
    return condition


def problems(constraints: Any, models: Iterable[type[Model]]) -> list[str]:
    """What is wrong with *constraints* for rows of *models*, in sentences; empty when nothing is."""
    listed = constraints if isinstance(constraints, list) else [constraints]
    if constraints is None:
        return []
    if len(listed) > MOST or not all(isinstance(each, dict) for each in listed):
        return [f"Constraints are an object, or a list of at most {MOST} objects."]
    if secret := [path for each in listed for path in each if SECRET.search(path)]:
        return [f"“{secret[0]}” is secret and cannot be used in a constraint."]
    return [text for model in models for text in _tried(model, constraints)]


def _tried(model: type[Model], constraints: Any) -> list[str]:
    """Ask the database once: it alone knows which lookups and values a column takes."""
    nobody = User()  # has an id that no row has
    try:
        with transaction.atomic():
            model._default_manager.filter(matching(alternatives(constraints), nobody)).exists()
    except (FieldError, ValidationError, ValueError, TypeError, DatabaseError, FieldDoesNotExist) as exc:
        text = " ".join(exc.messages) if isinstance(exc, ValidationError) else str(exc).splitlines()[0]
        return [f"They do not fit {model._meta.verbose_name_plural}: {text}"]
    return []


def crosses_many(model: type[Model], condition: Q) -> bool:
    """Whether a lookup of *condition* follows a relation to several rows."""
    return any(_is_to_many(model, path) for path in _paths(condition))


def _paths(condition: Q) -> Iterable[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _paths(child)
        elif isinstance(child, tuple):
            yield child[0]


def _is_to_many(model: type[Model], path: str) -> bool:
    here: Any = model
    for part in path.split("__"):
        try:
            field = here._meta.get_field(part)
        except FieldDoesNotExist:
            return False  # the rest is a lookup: exact, in, startswith
        if isinstance(field, JSONField) or not field.is_relation:
            return False
        if field.many_to_many or field.one_to_many:
            return True
        here = field.related_model
        if here is None:
            return False
    return False


def _meant(value: Any, user: User) -> Any:
    if isinstance(value, list):
        return [_meant(each, user) for each in value]
    return user.pk if value == USER else value
