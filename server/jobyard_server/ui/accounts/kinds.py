"""What the pages of users, groups and permissions differ in; the views are the same for all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import QueryDict

from jobyard_server.access.editing import ACTIONS, save_group, save_permission, save_user
from jobyard_server.access.grantable import grantable_types
from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.access.people import as_listed, groups_for, users_for, with_holders, with_user_count
from jobyard_server.access.second_factor import has_second_factor
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]
MOST: Final = 2000  #: Entries of one selection.


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of rows and how people edit it."""

    name: str  #: In addresses.
    one: str  #: In sentences.
    about: str  #: What it is for, where there is none yet.
    model: type[Model]
    columns: tuple[str, ...]  #: Headings after the first one, the name.
    cells: Callable[[Any], list[str]]  #: Their texts.
    shown_to: Callable[[QuerySet[Any], User], QuerySet[Any]]  #: With what the reader may see besides.
    values_of: Callable[[Any], dict[str, Any]]  #: What the form shows of a row, or of None for a new one.
    fields_of: Callable[[Values, Errors, User], list[FormField]]
    read: Callable[[QueryDict, User], dict[str, Any]]  #: What was sent, as ``save`` takes it.
    save: Callable[..., Any]

    @property
    def title(self) -> str:
        return self.name.capitalize()


def _text(values: Values, errors: Errors, name: str, label: str, **more: Any) -> FormField:
    shown = values.get(name)
    return FormField(
        name=name,
        label=label,
        value="" if shown is None else str(shown),
        errors=list(errors.get(name, [])),
        attributes=SPELLED,
        **more,
    )


def _tick(values: Values, errors: Errors, name: str, label: str, text: str) -> FormField:
    return FormField(
        name=name, label=label, help=text, control="checkbox", checked=bool(values.get(name)),
        errors=list(errors.get(name, [])),
    )  # fmt: skip


def _choose(errors: Errors, name: str, label: str, groups: list[OptionGroup], **more: Any) -> FormField:
    return FormField(
        name=name, label=label, control="select", multiple=True, groups=groups,
        errors=list(errors.get(name, [])), attributes={"data-choose": "rows"},
        plain_hints=["Hold Ctrl (⌘ on a Mac) to choose more than one."],
        help="" if groups else f"There is no {label.lower().removesuffix('s')} to choose yet.", **more,
    )  # fmt: skip


def _options(rows: Any, chosen: Any) -> list[OptionGroup]:
    keys = {str(key) for key in chosen or ()}
    offered = [*rows[:MOST]]
    rest = keys - {str(row.pk) for row in offered}
    offered += rows.filter(pk__in=rest)  # what is chosen stays chosen, in a list of any length
    listed = [Option(value=str(row.pk), label=str(row), selected=str(row.pk) in keys) for row in offered]
    return [OptionGroup(options=listed)] if listed else []


def _chosen(sent: QueryDict, name: str, rows: Any) -> list[Any]:
    """The rows whose ids were sent; ids that are none, or of rows out of reach, choose nothing."""
    known = {str(row.pk): row for row in rows}
    return [known[key] for key in sent.getlist(name) if key in known]


# Users


def _user_values(user: User | None) -> dict[str, Any]:
    if user is None:
        return {"is_active": True}
    names = ("username", "first_name", "last_name", "email", "is_active", "is_superuser")
    factor = {"second_factor": True} if has_second_factor(user) else {}
    groups = {"groups": [group.pk for group in user.groups.all()]}
    return {name: getattr(user, name) for name in names} | groups | factor


def _user_fields(values: Values, errors: Errors, by: User) -> list[FormField]:
    secret = {"autocomplete": "new-password"}
    password = "Leave it empty to keep the one there is; without one, nobody logs in with a password."  # noqa: S105  # a help text
    return [
        _text(values, errors, "username", "User name", required=True),
        FormField(name="password", label="Password", type="password", help=password, attributes=secret,
                  errors=list(errors.get("password", []))),
        _text(values, errors, "first_name", "First name"),
        _text(values, errors, "last_name", "Last name"),
        _text(values, errors, "email", "Email", type="email"),
        _choose(errors, "groups", "Groups", _options(groups_for(by), values.get("groups"))),
        _tick(values, errors, "is_active", "Active", "Whoever is not active cannot log in or use a token."),
        _tick(values, errors, "is_superuser", "Superuser", "May do everything, without any permission."),
        *([_factor_tick(values)] if "second_factor" in values else []),
    ]  # fmt: skip


def _factor_tick(values: Values) -> FormField:
    return FormField(
        name="remove_second_factor", label="Take the second factor away", control="checkbox",
        checked=values["second_factor"] is False,
        help="For somebody who lost device and recovery codes: the password alone lets them in again.",
    )  # fmt: skip


def _read_user(sent: QueryDict, by: User) -> dict[str, Any]:
    texts = {name: sent.get(name, "").strip() for name in ("username", "first_name", "last_name", "email")}
    ticks: dict[str, Any] = {name: name in sent for name in ("is_active", "is_superuser")}
    values = {
        **texts,
        **ticks,
        "is_staff": ticks["is_superuser"],
        "groups": _chosen(sent, "groups", groups_for(by)),
        **({"second_factor": False} if "remove_second_factor" in sent else {}),
    }
    return {**values, "password": sent["password"]} if sent.get("password") else values


def _user_cells(user: Any) -> list[str]:
    state = "superuser" if user.is_superuser else "active"
    state += ", second factor" if user.has_second_factor else ""
    groups = ", ".join(group.name for group in user.groups.all())
    return [user.get_full_name() or "-", groups or "-", state if user.is_active else "not active"]


# Groups


def _group_values(group: Group | None) -> dict[str, Any]:
    return {"name": group.name} if group else {}


def _group_fields(values: Values, errors: Errors, _by: User) -> list[FormField]:
    return [_text(values, errors, "name", "Name", required=True)]


def _group_cells(group: Any) -> list[str]:
    return [str(group.user_count)]


# Permissions


def _permission_values(permission: ObjectPermission | None) -> dict[str, Any]:
    if permission is None:
        return {"enabled": True}
    limits = permission.constraints
    return {
        "name": permission.name,
        "description": permission.description,
        "enabled": permission.enabled,
        "actions": permission.actions,
        "constraints": "" if limits is None else json.dumps(limits, indent=2, ensure_ascii=False),
        **{
            name: [row.pk for row in getattr(permission, name).all()]
            for name in ("object_types", "users", "groups")
        },
    }


def _permission_fields(values: Values, errors: Errors, by: User) -> list[FormField]:
    actions = [*ACTIONS, *(word for word in values.get("actions") or () if word not in ACTIONS)]
    words = [
        Option(value=word, label=word, selected=word in (values.get("actions") or ())) for word in actions
    ]
    limits = (
        'JSON: an object whose members must all match, or a list of such objects; "$user" is whoever asks.'
    )
    return [
        _text(values, errors, "name", "Name", required=True),
        _text(values, errors, "description", "Description"),
        _tick(values, errors, "enabled", "Enabled", ""),
        _choose(
            errors, "object_types", "Object types", _type_options(values.get("object_types")), required=True
        ),
        _choose(errors, "actions", "Actions", [OptionGroup(options=words)], required=True),
        _text(values, errors, "constraints", "Constraints", control="textarea", help=limits),
        _choose(errors, "users", "Users", _options(users_for(by), values.get("users"))),
        _choose(errors, "groups", "Groups", _options(groups_for(by), values.get("groups"))),
    ]


def _type_options(chosen: Any) -> list[OptionGroup]:
    keys = {str(key) for key in chosen or ()}
    found: dict[str, list[Option]] = {}
    for kind in grantable_types():
        label = f"{kind.app_label} > {kind.name}"
        option = Option(value=str(kind.pk), label=label, selected=str(kind.pk) in keys)
        found.setdefault(kind.app_label, []).append(option)
    return [OptionGroup(label=label, options=options) for label, options in found.items()]


def _read_permission(sent: QueryDict, by: User) -> dict[str, Any]:
    text = sent.get("constraints", "").strip()
    return {
        "name": sent.get("name", "").strip(),
        "description": sent.get("description", "").strip(),
        "enabled": "enabled" in sent,
        "actions": sent.getlist("actions"),
        "constraints": _parsed(text),
        "object_types": _chosen(sent, "object_types", grantable_types()),
        "users": _chosen(sent, "users", users_for(by)),
        "groups": _chosen(sent, "groups", groups_for(by)),
    }


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text  # refused as what it is: neither an object nor a list


def _permission_cells(permission: ObjectPermission) -> list[str]:
    types = ", ".join(sorted(f"{kind.app_label}.{kind.model}" for kind in permission.object_types.all()))
    holders = [
        *(str(group) for group in permission.groups.all()),
        *(str(user) for user in permission.users.all()),
    ]
    limits = "" if permission.constraints is None else " (a part)"
    state = "" if permission.enabled else " · not enabled"
    return [types + limits, ", ".join(permission.actions), (", ".join(holders) or "nobody") + state]


USERS = Kind(
    name="users",
    one="user",
    about="A user logs in, runs jobs and owns API tokens; what a user may do is said by permissions.",
    model=User,
    columns=("Full name", "Groups", "State"),
    cells=_user_cells,
    shown_to=as_listed,
    values_of=_user_values,
    fields_of=_user_fields,
    read=_read_user,
    save=save_user,
)
GROUPS = Kind(
    name="groups",
    one="group",
    about="A permission that is given to a group is that of all of its users.",
    model=Group,
    columns=("Users",),
    cells=_group_cells,
    shown_to=with_user_count,
    values_of=_group_values,
    fields_of=_group_fields,
    read=lambda sent, _by: {"name": sent.get("name", "").strip()},
    save=save_group,
)
PERMISSIONS = Kind(
    name="permissions",
    one="permission",
    about="It says which objects users and groups may view, run or change. Administrators need none.",
    model=ObjectPermission,
    columns=("Objects", "Actions", "Given to"),
    cells=_permission_cells,
    shown_to=with_holders,
    values_of=_permission_values,
    fields_of=_permission_fields,
    read=_read_permission,
    save=save_permission,
)
