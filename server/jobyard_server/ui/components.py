"""
Small pieces that stand in lists by the hundred. As templates they would take most of the time of a page.

Everything that comes from outside passes ``format_html``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jobyard_server.ui import moments
from jobyard_server.ui.icons import icon
from jobyard_server.ui.words import LEVEL_ICONS, STATUS_ICONS, status_word


@lru_cache(maxsize=64)
def status_badge(status: str, word: str = "") -> SafeString:
    """A status: colour, icon and word (its own, or another one that means the same)."""
    label = word or status_word(status)
    picture = icon(STATUS_ICONS.get(status, "clock"))
    return format_html('<span class="jy-status jy-status-{}">{}{}</span>', status, picture, label)


@lru_cache(maxsize=16)
def level_icon(level: str) -> SafeString:
    return icon(LEVEL_ICONS.get(level, "dot"))


def counter_chips(totals: Mapping[str, int]) -> SafeString:
    """How many rows of each level there are; levels without rows are left out."""
    chips = format_html_join(
        "", _CHIP, ((level, level_icon(level), f"{n:,}") for level, n in totals.items() if n)
    )
    return format_html('<span class="jy-counters">{}</span>', chips)


_CHIP = (
    '<span class="jy-counter jy-level-{0}" title="{2} {0}">'
    '{1}{2}<span class="visually-hidden"> {0}</span></span>'
)


def time_ago(moment: datetime) -> SafeString:
    """``3 min ago``, with the exact time for machines and for whoever hovers."""
    return format_html(_TIME, moment.isoformat(), moments.exact(moment), moments.ago(moment))


def time_stamp(moment: datetime) -> SafeString:
    """``2026-03-01 10:00:00 CET``, with UTC for machines and for whoever hovers."""
    return format_html(_TIME, moment.isoformat(), moments.exact(moment), moments.stamp(moment))


_TIME = '<time datetime="{}" title="{}">{}</time>'


def clock_time(moment: datetime) -> SafeString:
    """``09:00:00``, with the exact time for machines and for whoever hovers."""
    here, everywhere = moments.local(moment), moment.astimezone(UTC)
    html = '<time class="jy-log-time" datetime="{}" title="{:%Y-%m-%d %H:%M:%S.%f} UTC">{:%H:%M:%S}</time>'
    return mark_safe(html.format(moment.isoformat(), everywhere, here))  # noqa: S308  # digits of a time


def breakable(path: str) -> SafeString:
    """A class path that breaks after its slashes when the line is short."""
    return mark_safe(escape(path).replace("/", "/<wbr>"))  # noqa: S308  # escaped in this very line


def underscored(name: str) -> SafeString:
    """A long name that breaks after its underscores when the line is short."""
    return mark_safe(escape(name).replace("_", "_<wbr>"))  # noqa: S308  # escaped in this very line
