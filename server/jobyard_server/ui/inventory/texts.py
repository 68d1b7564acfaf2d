"""From texts, as forms and imports have them, to the values that saving takes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from jobyard_server.api.inventory.fields import is_file, is_kind
from jobyard_server.ui.inventory.choices import told
from jobyard_server.ui.inventory.editable import Said, generic_parts

Text = str | bool | list[str]
NOT_JSON = "This is not JSON: {}."


class TextError(ValueError):
    """A text cannot be a value of its field; the argument is the sentence."""


def body_of(model: type[models.Model], said: Iterable[Said], texts: Mapping[str, Text]) -> dict[str, Any]:
    """
    The values of one row by field; what *texts* does not name is left out.

    Raises:
        TextsError: Some cannot be values of their fields.
    """
    body: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for item in said:
        if item.name not in texts or is_file(item.field):
            continue
        try:
            _put(model, body, item, texts[item.name])
        except TextError as exc:
            errors[item.name] = [str(exc)]
    if errors:
        raise TextsError(errors)
    return body


class TextsError(ValueError):
    """Some texts cannot be values of their fields."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors  #: Sentences by name of the field.


def _put(model: type[models.Model], body: dict[str, Any], item: Said, text: Text) -> None:
    if item.is_custom:
        custom = body.setdefault("custom_fields", {})
        custom[item.field.name] = custom_value(item.field, text)
        return
    if item.name in generic_parts(model) and isinstance(text, str) and text and not _is_key(text):
        raise TextError(f"“{text[:60]}” is not an id.")
    body[item.name] = _value(item.field, text)


def _value(field: Any, text: Text) -> Any:
    if field.many_to_many:
        return _several(text)
    if isinstance(text, bool):
        return text
    single = ", ".join(text) if isinstance(text, list) else text
    if isinstance(field, models.JSONField):
        return _json(single)
    if isinstance(field, models.TextField):
        return single
    stripped = single.strip()
    if stripped:
        return stripped
    return "" if isinstance(field, models.CharField) and not field.null else None


def _several(text: Text) -> list[str]:
    if isinstance(text, bool):
        return []
    parts = text if isinstance(text, list) else text.split(",")
    return [name for part in parts for name in (part.strip(),) if name]


def _json(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise TextError(NOT_JSON.format(exc)) from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no value of it")


def custom_value(field: Any, text: Text) -> Any:
    """The value of a field that people added; a text that does not fit stays, for validation to name it."""
    if field.type == "multi-select":
        return _several(text)
    if isinstance(text, bool):
        return text
    single = (", ".join(text) if isinstance(text, list) else text).strip()
    if not single:
        return None
    return _CUSTOM.get(field.type, str)(single)


def _integer(text: str) -> Any:
    with suppress(ValueError):
        return int(text)
    return text


def _truth(text: str) -> Any:
    return TRUTHS.get(text.lower(), text)


TRUTHS = {
    **dict.fromkeys(("true", "yes", "1", "on"), True),
    **dict.fromkeys(("false", "no", "0", "off"), False),
}


_CUSTOM: dict[str, Callable[[str], Any]] = {"json": _json, "integer": _integer, "boolean": _truth}


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text.strip())
    except ValueError:
        return False
    return True


def text_of(item: Said, row: Any) -> Text:
    """The value of a field of *row* as a form shows it and an export writes it."""
    if item.is_custom:
        return _text_of_custom(item, row.custom_field_data.get(item.field.name))
    field = item.field
    if field.many_to_many:
        return [
            kind_text(found) if is_kind(field) else told(found) for found in getattr(row, field.name).all()
        ]
    if is_kind(field):
        key = getattr(row, field.attname)
        return "" if key is None else kind_text(ContentType.objects.get_for_id(key))  # it keeps them
    value = getattr(row, field.name)
    if value is None or isinstance(value, bool):
        return "" if value is None else value
    if field.is_relation:
        return told(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(field, models.JSONField) else str(value)


def _text_of_custom(item: Said, value: Any) -> Text:
    if item.field.type == "multi-select":
        return [str(part) for part in value or ()]
    if value is None:
        return ""
    if item.field.type == "boolean":
        return str(bool(value)).lower()
    return json.dumps(value, ensure_ascii=False) if item.field.type == "json" else str(value)


def kind_text(kind: Any) -> str:
    """``dcim.device``."""
    return f"{kind.app_label}.{kind.model}"
