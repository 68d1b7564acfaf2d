"""
The text of a job button: a template that sees the fields of a row, and can do nothing.

No methods, no loading, no other templates, no filters that make much of little. What it gives is plain text:
whoever shows it escapes it.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template import Context, Engine, Library, TemplateSyntaxError, defaultfilters, defaulttags

from jobyard_server.inventory.base import InventoryModel

LONGEST: Final = 100  #: Characters of a button.
_TAGS = ("comment", "firstof", "if", "with")
_FILTERS = (
    *("capfirst", "cut", "date", "default", "default_if_none", "first", "floatformat", "join", "last"),
    *("length", "lower", "pluralize", "slugify", "title", "truncatechars", "upper", "yesno"),
)
_NATURAL = ("id", "pk", "url", "cf", "tags")  #: Beside the fields.


class InvalidText(ValueError):  # noqa: N818  # read by people, as a message
    """The text is no template; the argument is the sentence."""


def check_text(text: str) -> None:
    """
    Read *text* without using it.

    Raises:
        InvalidText: It is no template, or uses what there is not.
    """
    try:
        _ENGINE.from_string(text)
    except TemplateSyntaxError as exc:
        raise InvalidText(f"This is no text for a button: {exc}.") from exc


def text_for(text: str, row: models.Model) -> str:
    """What the button says on the page of *row*, in one line; empty: no button. Not escaped."""
    try:
        shown = _ENGINE.from_string(text).render(Context({"obj": ShownRow(row)}, autoescape=False))
    except (TemplateSyntaxError, ArithmeticError, LookupError, TypeError, ValueError):
        return ""  # saved past validation, or what it compares does not compare on this row
    line = " ".join(shown.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


class ShownRow:
    """The fields of a row and of those it refers to, by their names; no methods, nothing secret."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getitem__(self, name: str) -> Any:
        row: Any = self._row
        if name in _NATURAL:
            return _natural(row, name)
        try:
            field = row._meta.get_field(name)
        except FieldDoesNotExist:
            raise KeyError(name) from None
        if not field.concrete or field.many_to_many or _is_hidden(row, field):
            raise KeyError(name)
        value = getattr(row, field.name)
        return ShownRow(value) if isinstance(value, models.Model) else value

    def __str__(self) -> str:
        return str(self._row)

    def __eq__(self, other: object) -> bool:
        return bool(self._row == other)

    __hash__ = None  # type: ignore[assignment]  # as of anything that may change


def _natural(row: Any, name: str) -> Any:
    if name == "url":
        return row.get_absolute_url()
    if name == "cf":
        return getattr(row, "custom_field_data", {})
    if name == "tags":
        return [str(tag) for tag in row.tags.all()] if hasattr(row, "tags") else []
    return row.pk


def _is_hidden(row: Any, field: Any) -> bool:
    leads_out = field.is_relation and not issubclass(field.related_model, InventoryModel)
    return (
        leads_out or isinstance(field, models.BinaryField) or field.name in getattr(row, "secret_fields", ())
    )


def _engine() -> Engine:
    engine: Any = Engine(autoescape=False, libraries={})
    allowed = Library()
    allowed.tags = {name: defaulttags.register.tags[name] for name in _TAGS}
    allowed.filters = {name: defaultfilters.register.filters[name] for name in _FILTERS}
    engine.template_builtins = [allowed]  # instead of Django's, which can do much more
    return engine  # type: ignore[no-any-return]  # made just above


_ENGINE: Final = _engine()
