"""Calls that name several rows in their body."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db import transaction
from rest_framework.exceptions import ValidationError

from jobyard_server.access.errors import AccountErrors
from jobyard_server.registry.errors import RefusedFields

Key = Callable[[str], Any]  #: From the text of an id to the id; ValueError for what is none.

MAX_ROWS = 1000
_WANTED = f'The body must be a list of 1 to {MAX_ROWS} objects with an "id", such as [{{"id": "…"}}].'


def ids_in(body: Any, key: Key = uuid.UUID) -> set[Any]:
    """
    The ids in ``[{"id": …}, …]``.

    Raises:
        ValidationError: The body is anything else; nothing is ever taken for "all".
    """
    if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
        raise ValidationError({"detail": _WANTED})
    return {_id_in(row, key) for row in body}


def rows_in(body: Any, key: Key = uuid.UUID) -> dict[Any, dict[str, Any]]:
    """
    The objects in ``[{"id": …, …}, …]`` by their ids.

    Raises:
        ValidationError: The body is anything else, or names a row twice.
    """
    ids = ids_in(body, key)
    if len(ids) != len(body) or not all(isinstance(row, dict) for row in body):
        raise ValidationError({"detail": _WANTED})
    return {_id_in(row, key): row for row in body}


def each_or_none(changes: Iterable[Callable[[], object]]) -> None:
    """
    Make all *changes*, or none if one is refused.

    Raises:
        ValidationError: A list with the errors of each change at its place.
    """
    errors: list[Any] = []
    with transaction.atomic():
        for change in changes:
            try:
                with transaction.atomic():
                    change()
                errors.append({})
            except ValidationError as exc:
                errors.append(cast(Any, exc).detail)
            except (RefusedFields, AccountErrors) as exc:
                errors.append(exc.errors)
        if any(errors):
            transaction.set_rollback(True)
    if any(errors):
        raise ValidationError(errors)


def _id_in(row: Any, key: Key) -> Any:
    value = row.get("id") if isinstance(row, dict) else row
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValidationError({"detail": _WANTED})
    try:
        return key(str(value))
    except ValueError:
        raise ValidationError(
            {"id": ["Enter a valid UUID." if key is uuid.UUID else "Enter a valid id."]}
        ) from None
