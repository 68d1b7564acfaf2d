"""What templates cannot say themselves: icons, statuses, times, Markdown, addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString

from jobyard_server.ui import components, icons, links, moments, words
from jobyard_server.ui import markdown as markdown_of_authors
from jobyard_server.ui.jobs.line_html import job_badges, job_line

register = template.Library()

SECTIONS = (
    ("/extras/jobs/results/", "results"),
    ("/extras/job-results/", "results"),
    ("/extras/jobs/", "jobs"),
    ("/extras/git-repositories/", "repositories"),
    ("/extras/sources/", "sources"),
)

register.simple_tag(icons.icon, name="icon")
register.simple_tag(components.status_badge, name="status")
register.simple_tag(components.counter_chips, name="counters")
register.simple_tag(job_line)
register.simple_tag(job_badges)
register.filter("breakable", components.breakable)
register.filter("job_url", links.job_url)
register.filter("result_url", links.result_url)


@register.filter
def markdown(text: str) -> SafeString:
    """A description as HTML."""
    return markdown_of_authors.render(text)


@register.filter
def one_line(text: str) -> str:
    """A line of Markdown as plain words, for lists."""
    return markdown_of_authors.plain(text)


@register.simple_tag
def when(moment: datetime | None, otherwise: str = "-") -> str:
    """How long ago *moment* was; *otherwise* when it never was."""
    return otherwise if moment is None else components.time_ago(moment)


@register.filter
def in_words(span: timedelta) -> str:
    """A duration in words."""
    return moments.length(span)


@register.filter
def duration_of(result: Any) -> str:
    """From acceptance to the end; empty before."""
    return moments.length(result.completed - result.created) if result.completed else ""


@register.filter
def reason_sentence(reason: str | None) -> str:
    return words.reason_sentence(reason)


@register.filter
def status_word(status: str) -> str:
    return words.status_word(status)


@register.simple_tag(takes_context=True)
def section_here(context: template.Context) -> str:
    """The entry of the main navigation that the page belongs to."""
    path = context["request"].path if "request" in context else ""
    return next((section for prefix, section in SECTIONS if path.startswith(prefix)), "")
