"""The form of a row: the control of each field, with its value and its errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import models
from django.http import QueryDict

from jobyard_server.access.models import User
from jobyard_server.inventory.base import StatusField
from jobyard_server.ui.inventory.choices import Control
from jobyard_server.ui.inventory.controls import control_of
from jobyard_server.ui.inventory.custom_controls import custom_control_of
from jobyard_server.ui.inventory.editable import Said, generic_parts
from jobyard_server.ui.inventory.labels import label_of
from jobyard_server.ui.inventory.texts import Text, text_of
from jobyard_server.ui.run_form.fields import FormField

Errors = Mapping[str, list[str]]
HELP: Final = {
    "slug": "Part of addresses and filters. Made from the name when empty.",
    "tags": "Words with commas between them; new ones are made.",
    "color": "Six hex digits, such as 2196f3.",
    "units": "A list, such as [1, 2, 3].",
    "ports": "A list, such as [80, 443].",
    "time_zone": "Such as Europe/Berlin.",
    "prefix": "Such as 10.0.0.0/24.",
    "address": "With its mask, such as 10.0.0.1/24.",
    "mac_address": "Such as 00:11:22:AA:BB:CC.",
    "confirmation": "Ask before it runs.",
    "image": "PNG, JPEG, GIF or WebP.",
}


@dataclass(frozen=True, kw_only=True)
class RowForm:
    """All that the template needs."""

    fields: list[FormField]
    custom: list[FormField]
    other_errors: list[str]  #: Of no field that is in the form.
    error_count: int

    @property
    def has_files(self) -> bool:
        return any(field.control == "file" for field in self.fields)


def first_texts(said: Iterable[Said], row: Any, query: QueryDict | None = None) -> dict[str, Text]:
    """What the form shows at first: the values of *row*, or for a new one what the address says."""
    is_new = row._state.adding  # noqa: SLF001  # Django's documented name
    texts = {item.name: _default(item, row) if is_new else text_of(item, row) for item in said}
    for item in said:
        if query is not None and item.name in query:
            sent: list[Any] = query.getlist(item.name)
            texts[item.name] = sent if _is_several(item) else sent[-1]
    return texts


def sent_texts(said: Iterable[Said], sent: QueryDict) -> dict[str, Text]:
    """What a browser sent: a box that is not ticked is not sent at all."""
    texts: dict[str, Text] = {}
    for item in said:
        if not item.is_custom and isinstance(item.field, models.BooleanField):
            texts[item.name] = item.name in sent
        elif _is_several(item):
            texts[item.name] = [part for text in sent.getlist(item.name) for part in text.split(",")]
        else:
            texts[item.name] = sent.get(item.name, "")
    return texts


def _is_several(item: Said) -> bool:
    return item.field.type == "multi-select" if item.is_custom else bool(item.field.many_to_many)


def _default(item: Said, row: Any) -> Text:
    if item.is_custom:
        default = item.field.default
        return [] if default is None and _is_several(item) else "" if default is None else str(default)
    if isinstance(item.field, StatusField):
        return item.field.default_slug
    if item.field.is_relation:
        return [] if item.field.many_to_many else ""
    return text_of(item, row)


def row_form(
    model: type[models.Model],
    said: Iterable[Said],
    texts: Mapping[str, Text],
    errors: Errors,
    user: User,
) -> RowForm:
    """The form of a row of *model*; the first field with an error, else the first of all, takes the focus."""
    items = list(said)
    own = [_field(model, item, texts, user) for item in items if not item.is_custom]
    custom = [_custom_field(item, texts.get(item.name, "")) for item in items if item.is_custom]
    own, custom = (_with_errors(fields, errors, items) for fields in (own, custom))
    known = {name for field in (*own, *custom) for name in _names_of_errors(field.name, items)}
    wrong = [field for field in (*own, *custom) if field.errors]
    own = _with_focus(own, wrong[0].name if wrong else None)
    return RowForm(
        fields=own,
        custom=_with_focus(custom, wrong[0].name) if wrong else custom,
        other_errors=[text for name, texts in errors.items() if name not in known for text in texts],
        error_count=len(wrong),
    )


def _with_errors(fields: list[FormField], errors: Errors, items: list[Said]) -> list[FormField]:
    return [
        replace(
            field,
            errors=[text for name in _names_of_errors(field.name, items) for text in errors.get(name, ())],
        )
        for field in fields
    ]


def _names_of_errors(name: str, items: list[Said]) -> tuple[str, ...]:
    """A refusal of a row of any kind is told of the relation, ``termination_a``, which is two fields here."""
    stem = name.removesuffix("_id")
    is_relation = stem != name and any(item.name == f"{stem}_type" for item in items)
    return (name, stem) if is_relation else (name,)


def _with_focus(fields: list[FormField], name: str | None) -> list[FormField]:
    first = name or next((field.name for field in fields), None)
    return [replace(field, takes_focus=field.name == first) for field in fields]


def _field(model: type[models.Model], item: Said, texts: Mapping[str, Text], user: User) -> FormField:
    field, text = item.field, texts.get(item.name, "")
    kind = str(texts.get(generic_parts(model).get(item.name, ""), ""))
    control = control_of(model, item, text, user, kind=kind)
    hints = control.pop("hints", [])
    return FormField(
        **{
            "name": item.name,
            "label": _label(item),
            "help": HELP.get(item.name, "") if not field.is_relation or item.name == "tags" else "",
            "hints": hints,
            "required": _is_required(field),
            **_value(text),
            **control,
        }
    )


def _value(text: Text) -> Control:
    if isinstance(text, bool):
        return {"checked": text}
    return {"value": text if isinstance(text, str) else ", ".join(text)}


def _label(item: Said) -> str:
    label = label_of(item.name)
    return label.removesuffix(" ID") if item.name.endswith("_id") else label


def _is_required(field: Any) -> bool:
    is_told = isinstance(field, models.BooleanField | models.JSONField) or field.has_default()
    return not field.blank and not is_told


def _custom_field(item: Said, text: Text) -> FormField:
    field = item.field
    chosen = text if isinstance(text, list) else [str(text)] if text not in ("", None) else []
    return FormField(
        **{
            "name": item.name,
            "label": str(field),
            "help": field.description,
            "required": field.required,
            **_value(text),
            **custom_control_of(field, chosen),
        }
    )
