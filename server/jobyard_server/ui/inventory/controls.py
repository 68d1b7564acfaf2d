"""Which control a field of a row gets, by its kind."""

from __future__ import annotations

import json
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.template.defaultfilters import filesizeformat

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.fields import is_file, is_kind, owner_of
from jobyard_server.api.links import endpoint_of
from jobyard_server.inventory.base import HostField, MACField, NetworkField, StatusField
from jobyard_server.inventory.base.status import status_rows
from jobyard_server.inventory.pictures.reading import TYPES
from jobyard_server.ui.inventory.choices import NO_ROW, Control, choice_of, told
from jobyard_server.ui.inventory.editable import Said, generic_parts
from jobyard_server.ui.inventory.labels import singular, title
from jobyard_server.ui.inventory.menu import GROUPS
from jobyard_server.ui.inventory.texts import Text, kind_text
from jobyard_server.ui.run_form.controls import ADDRESS
from jobyard_server.ui.run_form.fields import Option, OptionGroup

JSON_CONTROL: Final[Control] = {
    "control": "textarea",
    "attributes": {"rows": "4", "class": "jy-code-input", "spellcheck": "false"},
}


def control_of(model: type[models.Model], item: Said, text: Text, user: User, *, kind: str = "") -> Control:
    """
    The control of *item* with *text* as its value; what its value and label say is not in it.

    Args:
        model: Whose form it is.
        item: The field.
        text: Its value.
        user: Only rows that this user may view are named.
        kind: For the key of a row of any kind, which kind is chosen: ``dcim.interface``.
    """
    field = item.field
    chosen = text if isinstance(text, list) else [str(text)] if text not in ("", None) else []
    if field.is_relation:
        return _relation(model, field, chosen, user)
    if item.name in generic_parts(model):
        return _of_any_kind(model, item, [_named(kind, text, user) for text in chosen])
    if field.choices:
        return _choices(field, chosen)
    return _file(text) if is_file(field) else _plain(field, text)


def _relation(model: type[models.Model], field: Any, chosen: list[str], user: User) -> Control:
    if is_kind(field):
        return kinds_control(field, chosen)
    if field.name == "tags":
        return {"attributes": {"data-choose": "words", "autocomplete": "off"}}
    if isinstance(field, StatusField):
        return statuses_control(model, chosen)
    empty = None if not field.many_to_many and not field.null else NO_ROW
    return choice_of(
        *(field.related_model, chosen, user),
        multiple=bool(field.many_to_many),
        empty=empty,
        limits=field.get_limit_choices_to(),
    )


def _plain(field: Any, text: Text) -> Control:
    if isinstance(field, models.BooleanField):
        return {"control": "checkbox"}
    if isinstance(field, models.JSONField):
        return {**JSON_CONTROL, "value": _indented(text)}
    if isinstance(field, models.TextField):
        return {"control": "textarea", "attributes": {"rows": "4"}}
    if isinstance(field, HostField | NetworkField | MACField):
        return dict(ADDRESS)
    if isinstance(field, models.DateField):
        return {"type": "date"}
    kind = {models.EmailField: "email", models.URLField: "url"}.get(type(field), "text")
    limit = {"maxlength": str(field.max_length)} if field.max_length else {}
    mode = {"inputmode": "numeric"} if isinstance(field, models.IntegerField) else {}
    return {"type": kind, "attributes": {"autocomplete": "off", **limit, **mode}}


def _file(text: Text) -> Control:
    hints = [f"At most {filesizeformat(settings.IMAGE_MAX_BYTES)}."]
    if text:
        hints.append("Without a new file the picture stays as it is.")
    return {
        "control": "file",
        "attributes": {"accept": ",".join(TYPES.values())},
        "hints": hints,
        "required": not text,
    }


def _indented(text: Text) -> str:
    if not isinstance(text, str):
        return ""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2) if text.strip() else ""
    except (ValueError, RecursionError):
        return text


def _choices(field: Any, chosen: list[str]) -> Control:
    options = [
        Option(value=str(value), label=str(label), selected=str(value) in chosen)
        for value, label in field.flatchoices
    ]
    known = {option.value for option in options}
    options += [Option(value=text, label=text, selected=True) for text in chosen if text not in known]
    if field.blank or not chosen:
        options.insert(0, Option(value="", label=NO_ROW, selected=not chosen))
    return {
        "control": "select",
        "groups": [OptionGroup(options=options)],
        "attributes": {"data-choose": "rows"} if len(options) > 12 else {},  # noqa: PLR2004  # then searching helps
    }


def statuses_control(model: type[models.Model], chosen: list[str]) -> Control:
    """Only statuses that are meant for this kind of row, and the one that it has."""
    found = list(status_rows().get_for_model(model))
    options = [Option(value=row.slug, label=row.name, selected=told(row) in chosen) for row in found]
    known = {option.value for option in options}
    options += [Option(value=text, label=text, selected=True) for text in chosen if text not in known]
    return {"control": "select", "groups": [OptionGroup(options=options)]}


def kinds_control(field: Any, chosen: list[str]) -> Control:
    """Kinds of rows, under the headings of the menu."""
    groups = [
        OptionGroup(
            label=group.title,
            options=[
                Option(value=text, label=title(singular(kind)), selected=text in chosen)
                for kind in group.kinds
                for text in (kind_text(ContentType.objects.get_for_model(kind)),)
            ],
        )
        for group in GROUPS
    ]
    is_several = bool(field.many_to_many)
    if not is_several:
        groups.insert(0, OptionGroup(options=[Option(value="", label=NO_ROW, selected=not chosen)]))
    return {
        "control": "select",
        "multiple": is_several,
        "groups": groups,
        "attributes": {"data-choose": "rows"},
    }


def _of_any_kind(model: type[models.Model], item: Said, chosen: list[dict[str, str]]) -> Control:
    """A row of the kind that another field says; found by name with scripts, by its id without."""
    sources = {
        kind_text(ContentType.objects.get_for_model(kind)): f"/api/{endpoint_of(kind)}/"
        for group in GROUPS
        for kind in group.kinds
    }
    return {
        "attributes": {
            "data-choose": "search",
            "data-column": "id",
            "data-chosen": json.dumps(chosen),
            "data-kind-field": f"id_{generic_parts(model)[item.name]}",
            "data-sources": json.dumps(sources),
            "autocomplete": "off",
            "spellcheck": "false",
        },
        "hints": [
            "Choose the type first, then search by name, or give the id that the page of the row shows.",
            *(f"Now: {row['display']}." for row in chosen if row["display"] != row["value"]),
        ],
    }


def _named(kind: str, text: str, user: User) -> dict[str, str]:
    """An id with the words for its row, a part with what it is a part of; the id alone if there is none."""
    try:
        model: Any = apps.get_model(kind)
        row = restrict(model._default_manager.all(), user, "view").filter(pk=text).first()
    except (LookupError, ValueError, ValidationError):
        row = None
    owner = owner_of(type(row)) if row is not None else ""
    words = [str(getattr(row, owner))] if owner else []
    return {"value": text, "display": " ".join([*words, str(row)]) if row is not None else text}
