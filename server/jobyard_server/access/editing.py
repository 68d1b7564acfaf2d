"""
Accounts, groups and permissions as people change them: the rules, whoever asks by page or by REST.

Only superusers make superusers, or touch their accounts: whoever may merely change accounts must not be able
to take one over that may do more. Users and groups that somebody cannot see stay where they are when the
list they are in is replaced. Every change is in the audit log, without passwords.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Model

from jobyard_server.access.account_rules import Errors, cli_name, password_errors, row_errors
from jobyard_server.access.audit import CHANGED, CREATED, DELETED, record
from jobyard_server.access.constraints import problems
from jobyard_server.access.errors import AccountErrors
from jobyard_server.access.grantable import grantable_types
from jobyard_server.access.models import ObjectPermission, SecondFactor, User
from jobyard_server.access.permissions import restrict
from jobyard_server.access.second_factor import has_second_factor

ACTIONS: Final = ("view", "add", "change", "delete", "run", "approve", "sync", "rollback")
MOST_ACTIONS: Final = 50
_ONLY_SUPERUSERS: Final = "Only a superuser may do this."
_OWN_PAGE: Final = "Only its owner can set it up, on the page “Second factor”."
_RESERVED: Final = "This account is for the command line; it cannot be changed."
_LISTS: Final = frozenset({"groups", "users", "object_types", "permissions"})
_NO_COLUMNS: Final = _LISTS | {"second_factor"}
_PEOPLE: Final = frozenset({"groups", "users"})


def save_user(user: User, values: Mapping[str, Any], *, by: User) -> User:
    """
    Store *user*, a new or a known one, with *values*.

    ``password`` is in clear, ``groups`` are rows, and ``second_factor`` is False to take it away.

    Raises:
        AccountErrors: Nothing was changed.
    """
    plain = {name: value for name, value in values.items() if name != "password"}
    errors = _refused_for(user, plain, by)
    if errors:
        raise AccountErrors(errors)
    is_new = user._state.adding  # noqa: SLF001  # Django's documented way to ask
    password = values.get("password")
    _assign(user, plain)
    if password is not None or is_new:
        user.set_password(password)
        errors |= password_errors(user, password)
    if values.get("second_factor") and not has_second_factor(user):
        errors |= {"second_factor": [_OWN_PAGE]}
    with transaction.atomic():
        _store(user, plain, errors, by=by, with_password=password is not None)
        if values.get("second_factor") is False:
            SecondFactor.objects.filter(user=user.pk).delete()
    return user


def save_group(group: Group, values: Mapping[str, Any], *, by: User) -> Group:
    """
    Store *group* with its ``name``.

    Raises:
        AccountErrors: Nothing was changed.
    """
    _assign(group, values)
    _store(group, values, {}, by=by)
    return group


def save_permission(permission: ObjectPermission, values: Mapping[str, Any], *, by: User) -> ObjectPermission:
    """
    Store *permission*; ``object_types``, ``users`` and ``groups`` are rows.

    Raises:
        AccountErrors: Nothing was changed.
    """
    is_new = permission._state.adding  # noqa: SLF001  # see above
    _assign(permission, values)
    types = values.get("object_types", [] if is_new else list(permission.object_types.all()))
    models = [model for kind in types if (model := kind.model_class()) is not None]
    found: Errors = {
        "actions": _action_problems(permission.actions),
        "object_types": _type_problems(types),
        "constraints": problems(permission.constraints, models),
    }
    _store(permission, values, {name: texts for name, texts in found.items() if texts}, by=by)
    return permission


def delete(rows: Iterable[Model], *, by: User) -> None:
    """
    Delete accounts, groups, permissions or tokens, all of *rows* or none.

    Raises:
        AccountErrors: One of them is an account that *by* may not touch.
    """
    with transaction.atomic():
        for row in rows:
            if isinstance(row, User):
                if row == by:
                    raise AccountErrors({"id": ["You cannot delete your own account."]})
                if errors := _refused_for(row, {}, by):
                    raise AccountErrors(errors)
            record(DELETED, user=by, target=row)
            row.delete()


def _refused_for(user: User, values: Mapping[str, Any], by: User) -> Errors:
    if user.username == cli_name() and not user._state.adding:  # noqa: SLF001  # see above
        return {"username": [_RESERVED]}
    if by.is_superuser:
        return {}
    if user.is_superuser:
        return {"username": [_ONLY_SUPERUSERS]}
    return {name: [_ONLY_SUPERUSERS] for name in ("is_superuser", "is_staff") if values.get(name)}


def _assign(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in _NO_COLUMNS:
            setattr(row, name, value)


def _store(
    row: Any, values: Mapping[str, Any], errors: Errors, *, by: User, with_password: bool = False
) -> None:
    errors = {**row_errors(row), **errors}
    if errors:
        raise AccountErrors(errors)
    is_new = row._state.adding  # noqa: SLF001  # see above
    try:
        with transaction.atomic():
            row.save()
            for name in _LISTS & set(values):
                getattr(row, name).set([*values[name], *_unseen(row, name, by)])
            fields = sorted({*values, *(["password"] if with_password else [])})
            record(CREATED if is_new else CHANGED, user=by, target=row, fields=fields)
    except IntegrityError:
        raise AccountErrors({"name": ["Somebody saved one with this name at the same moment."]}) from None


def _unseen(row: Any, name: str, by: User) -> list[Model]:
    """Who is in this list of *row* without *by* knowing: nobody takes away what no form shows them."""
    if name not in _PEOPLE or by.is_superuser:
        return []
    held = getattr(row, name).all()
    return list(held.exclude(pk__in=restrict(held, by, "view").order_by().values("pk")))


def _type_problems(types: list[ContentType]) -> list[str]:
    if not types:
        return ["Choose at least one type of objects."]
    known = set(grantable_types())
    wrong = [f"{kind.app_label}.{kind.model}" for kind in types if kind not in known]
    return [f"“{wrong[0]}” is nothing that permissions are given for."] if wrong else []


def _action_problems(actions: Any) -> list[str]:
    if not isinstance(actions, list) or not actions or len(actions) > MOST_ACTIONS:
        return [f"Give at least one action, such as {', '.join(ACTIONS)}."]
    wrong = [
        word for word in actions if not (isinstance(word, str) and word.isidentifier() and word.islower())
    ]
    return [f"“{str(wrong[0])[:50]}” is no action; use a word such as {', '.join(ACTIONS)}."] if wrong else []
