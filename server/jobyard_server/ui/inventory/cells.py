"""
Values as HTML: links, badges, ticks.

Lists hold them by the thousand, so they are made here and not by templates. Everything that comes from
outside passes ``format_html``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Manager, Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jobyard_server.api.inventory.fields import is_file, is_kind, owner_of
from jobyard_server.inventory.extras.models import Status, Tag
from jobyard_server.ui.components import time_ago
from jobyard_server.ui.icons import icon
from jobyard_server.ui.inventory.addresses import row_url
from jobyard_server.ui.inventory.labels import singular, title

NOTHING: Final = mark_safe('<span class="jy-none">-</span>')
MOST_LISTED: Final = 5  #: Rows of a many-to-many relation in one cell; the page of the row has all.
LONGEST: Final = 120  #: Characters of a text in a list.
#: Colour of a status, by what it means; the word stands beside it. People may add others, which are grey.
TONES: Final = {
    **dict.fromkeys(("active", "connected", "available"), "completed"),
    **dict.fromkeys(("planned", "staged", "staging", "provisioning", "reserved", "container"), "running"),
    **dict.fromkeys(("decommissioning", "deprovisioning", "deprecated", "retired"), "timed_out"),
    **dict.fromkeys(("failed", "offline"), "failed"),
}

Cell = Callable[[Any], SafeString]


@cache
def cell_of(model: type[Model], name: str, *, is_whole: bool = False) -> Cell:
    """What makes the HTML of column *name*; *is_whole* where there is room, on the page of a row."""
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return _relation(field, is_whole=is_whole)
    if is_file(field):
        return _picture_whole if is_whole else _picture_link
    if field.choices:
        labels = dict(field.flatchoices)
        return lambda row: _text(labels.get(getattr(row, name), getattr(row, name)))
    if name == "color":
        return lambda row: color_chip(getattr(row, name))
    return lambda row: shown(getattr(row, name), is_whole=is_whole)


def _relation(field: Any, *, is_whole: bool) -> Cell:
    name = field.name
    if is_kind(field):
        most = None if is_whole else MOST_LISTED
        return _kinds(name, most=most) if field.many_to_many else _kind(field.attname)
    if field.many_to_many:
        return _list(name, most=None if is_whole else MOST_LISTED)
    link = link_to if isinstance(field, ForeignKey) else link_with_owner
    return lambda row: link(getattr(row, name))


def shown(value: Any, *, is_whole: bool = False) -> SafeString:
    """A value of a column or of a custom field."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return yes_or_no(is_yes=value)
    if isinstance(value, datetime):
        return mark_safe(time_ago(value))  # noqa: S308  # made by format_html
    if isinstance(value, date):
        return format_html('<time datetime="{0}">{0}</time>', value.isoformat())
    if isinstance(value, dict | list):
        return _structure(value, is_whole=is_whole)
    text = str(value)
    return _text(text if is_whole or len(text) <= LONGEST else f"{text[:LONGEST]}…")


def link_to(row: Any) -> SafeString:
    """A row that another one refers to."""
    if row is None:
        return NOTHING
    if isinstance(row, Status):
        return status_chip(row)
    if isinstance(row, Tag):
        return tag_chip(row)
    url = row_url(row)
    return format_html('<a href="{}">{}</a>', url, str(row)) if url else _text(str(row))


def link_with_owner(row: Any) -> SafeString:
    """A row of any kind; a part with what it is a part of."""
    owner = owner_of(type(row)) if row is not None else ""
    if not owner:
        return link_to(row)
    return format_html("{} {}", link_to(getattr(row, owner)), link_to(row))


def status_chip(status: Status) -> SafeString:
    return format_html(
        '<span class="jy-status jy-status-plain jy-status-{}">{}</span>',
        TONES.get(status.slug, "other"),
        status.name,
    )


def tag_chip(tag: Tag) -> SafeString:
    return format_html('<a class="jy-badge" href="{}">{}</a>', row_url(tag), tag.name)


def color_chip(color: str) -> SafeString:
    """The colour as a square drawn by SVG attributes: the policy of the pages allows no style."""
    if not color:
        return NOTHING
    return format_html(
        '<span class="jy-color"><svg class="jy-swatch" viewBox="0 0 1 1" aria-hidden="true">'
        '<rect width="1" height="1" fill="#{0}"></rect></svg>{0}</span>',
        color,
    )


@cache
def yes_or_no(*, is_yes: bool) -> SafeString:
    """A tick or a dash, and the word for who cannot see it."""
    if is_yes:
        return format_html('<span class="jy-yes">{}yes</span>', icon("check"))
    return mark_safe('<span class="jy-no">no</span>')


def _picture_link(row: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', row.image.url, row.image.filename) if row.image else NOTHING


def _picture_whole(row: Any) -> SafeString:
    if not row.image:
        return NOTHING
    image = format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        *(row.image.url, str(row), row.image_width or "", row.image_height or ""),
    )
    return format_html('<a class="jy-picture" href="{}">{}</a>', row.image.url, image)


def _text(value: Any) -> SafeString:
    return NOTHING if value in (None, "") else format_html("{}", value)


def _structure(value: Any, *, is_whole: bool) -> SafeString:
    if not value:
        return NOTHING
    if is_whole:
        return format_html(
            '<pre class="jy-pre" tabindex="0">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False)
        )
    text = ", ".join(map(str, value)) if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
    return _text(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _kind(attribute: str) -> Cell:
    def name_of(row: Any) -> SafeString:
        key = getattr(row, attribute)
        return NOTHING if key is None else _text(kind_title(ContentType.objects.get_for_id(key)))

    return name_of


def kind_title(kind: ContentType) -> str:
    """``Device``; the bare name of a model that is not there any more."""
    model = kind.model_class()
    return title(singular(model)) if model else kind.model


def _kinds(name: str, *, most: int | None) -> Cell:
    return lambda row: _joined((kind_title(kind) for kind in getattr(row, name).all()), most=most)


def _list(name: str, *, most: int | None) -> Cell:
    def links(row: Any) -> SafeString:
        manager: Manager[Any] = getattr(row, name)
        rows = list(manager.all())
        if not rows:
            return NOTHING
        listed = format_html_join(" ", "{}", ((link_to(found),) for found in rows[:most]))
        more = len(rows) - len(rows[:most])
        return format_html("{} and {} more", listed, more) if more else listed

    return links


def _joined(words: Any, *, most: int | None) -> SafeString:
    found = sorted(words)
    return _text(", ".join(found[:most]) + (" …" if most and len(found) > most else ""))
