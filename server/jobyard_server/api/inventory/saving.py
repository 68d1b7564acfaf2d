"""Saving and deleting rows: the same for REST, for forms and for imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from rest_framework import status
from rest_framework.exceptions import ValidationError

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, require_covered
from jobyard_server.api.errors import DOES_NOT_FIT, Refusal
from jobyard_server.api.inventory.serializers import serializer_for

TAKEN = "Another row with these values was saved at the same moment."
MOST_NAMED = 5  #: Rows in the sentence about what is in the way.
MOST_LOOKED_AT = 50  #: Rows that may be asked about for it.


class RowSaver:
    """
    Saves rows of one model.

    Of several rows the later ones cost less: what they refer to is looked up once.
    """

    def __init__(self, model: type[Model], user: User) -> None:
        self._user = user
        self._serializer = serializer_for(model)(context={"known": {}, "user": user})

    def save(self, body: Any, row: Model | None = None, *, partial: bool = False) -> Model:
        """
        Create a row from *body*, or change *row*: completely or not at all.

        Args:
            body: Values by field, as REST takes them.
            row: The row to change; without one a new row is made.
            partial: Fields that *body* does not have keep their values.

        Raises:
            ValidationError: A field or a rule of the model refuses it; messages by field.
            PermissionDenied: The user's permissions do not cover the row as it would be.
        """
        serializer = self._serializer
        serializer.partial, serializer.instance = partial, row
        try:
            with transaction.atomic():
                values = serializer.run_validation(body)
                saved = serializer.create(values) if row is None else serializer.update(row, values)
                require_covered(self._user, "add" if row is None else "change", saved)
                return saved
        except IntegrityError as exc:
            raise ValidationError({"__all__": [TAKEN]}) from exc
        except DataError as exc:
            raise ValidationError({"__all__": [DOES_NOT_FIT]}) from exc


def save_all(
    model: type[Model], pairs: Iterable[tuple[Any, Model | None]], *, user: User, partial: bool
) -> list[Any]:
    """
    Save each of *pairs* (body and row), or none if any is refused.

    Returns:
        The keys of the rows.

    Raises:
        ValidationError: With a list that has the errors of each body at its place.
    """
    keys: list[Any] = []
    errors: list[Any] = []
    saver = RowSaver(model, user)
    with transaction.atomic():
        for body, row in pairs:
            try:
                keys.append(saver.save(body, row, partial=partial).pk)
                errors.append({})
            except ValidationError as exc:
                errors.append(exc.detail)
        if any(errors):
            transaction.set_rollback(True)
    if any(errors):
        raise ValidationError(errors)
    return keys


def delete_rows(rows: Sequence[Model], user: User) -> None:
    """
    Delete all *rows*, which are of one model, with what lies in them; or none.

    Raises:
        Refusal: Others depend on one of them; the sentence names some that *user* may view.
    """
    keys = [row.pk for row in rows]
    try:
        with transaction.atomic():
            type(rows[0])._default_manager.filter(pk__in=keys).delete()
    except (ProtectedError, RestrictedError) as exc:
        raise Refusal(status.HTTP_409_CONFLICT, what_is_in_the_way(exc, user)) from exc


def what_is_in_the_way(exc: ProtectedError | RestrictedError, user: User) -> str:
    """A sentence that names rows which depend on one to be deleted, as far as *user* may view them."""
    found = list(exc.protected_objects if isinstance(exc, ProtectedError) else exc.restricted_objects)
    visible = [row for row in found[:MOST_LOOKED_AT] if may(user, "view", row)]
    named = sorted(f"{row._meta.verbose_name} {row}" for row in visible[:MOST_NAMED])
    if not named:
        return "Other rows depend on it that you may not view."
    return f"Other rows depend on it: {', '.join(named)}{'' if len(named) == len(found) else ' and more'}."
