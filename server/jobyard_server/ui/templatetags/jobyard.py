"""What templates cannot say themselves: icons, statuses, times, Markdown, addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from jobyard_server.registry.models import GIT
from jobyard_server.ui import components, icons, links, moments, words
from jobyard_server.ui import markdown as markdown_of_authors
from jobyard_server.ui.inventory.addresses import KINDS
from jobyard_server.ui.jobs.line_html import job_badges, job_line, star
from jobyard_server.ui.schedules import words as schedule_words

register = template.Library()

SECTIONS = (
    ("/extras/jobs/results/", "results"),
    ("/extras/job-results/", "results"),
    ("/extras/jobs/", "jobs"),
    ("/extras/job-presets/", "jobs"),
    ("/extras/git-repositories/", "repositories"),
    ("/extras/revisions/", "repositories"),
    ("/extras/scheduled-jobs/", "schedules"),
    ("/extras/sources/", "sources"),
    ("/extras/object-changes/", "changes"),
    ("/extras/workers/", "workers"),
    ("/inventory/", "inventory"),
    *((f"/{name}/", "inventory") for name in KINDS),
)

register.simple_tag(icons.icon, name="icon")
register.simple_tag(components.status_badge, name="status")
register.simple_tag(components.counter_chips, name="counters")
register.simple_tag(job_line)
register.simple_tag(job_badges)
register.filter("breakable", components.breakable)
register.filter("exact_time", components.time_stamp)
register.filter("clock", components.clock_time)
register.filter("in_full", moments.exact)
register.filter("local_day", moments.day)
register.filter("underscored", components.underscored)
register.filter("job_url", links.job_url)
register.filter("result_url", links.result_url)


@register.simple_tag
def component_style(name: str) -> str:
    """Address of the style sheet of a component."""
    return static(f"jobyard/components/{name}.css")


@register.filter
def words_of(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def job_star(job: Any, is_favourite: bool) -> SafeString:  # noqa: FBT001  # a template names no arguments
    return star(job, is_favourite=is_favourite)


@register.simple_tag
def schedule_state(schedule: Any) -> SafeString:
    """The state of a schedule: colour, icon and word."""
    return components.status_badge(*schedule_words.STATES[schedule.state])


@register.filter
def interval_words(schedule: Any) -> str:
    return schedule_words.interval_words(schedule)


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
    """From the start to the end; empty before the end."""
    if not result.completed:
        return ""
    return moments.length(moments.run_length(result.created, result.started, result.completed))


@register.filter
def share_done(progress: dict[str, Any]) -> str:
    """``3 of 10`` (or ``3`` when nobody knows the end); empty for what are no numbers."""
    done, total = progress.get("done"), progress.get("total")
    if not isinstance(done, int | float):
        return ""
    return f"{done:,g} of {total:,g}" if isinstance(total, int | float) else f"{done:,g}"


@register.filter
def reason_sentence(reason: str | None) -> str:
    return words.reason_sentence(reason)


@register.filter
def file_word(kind: str) -> str:
    """What happened to a file."""
    return words.FILE_WORDS.get(kind, kind)


@register.filter
def status_word(status: str) -> str:
    return words.status_word(status)


@register.simple_tag(takes_context=True)
def section_here(context: template.Context) -> str:
    """The entry of the main navigation that the page belongs to."""
    path = context["request"].path if "request" in context else ""
    section = next((section for prefix, section in SECTIONS if path.startswith(prefix)), "")
    source = context.get("source")
    is_own = section == "repositories" and source is not None and source.kind != GIT
    return "sources" if is_own else section


@register.filter
def plain_words(text: str) -> str:
    """One line of Markdown without its notation."""
    return markdown_of_authors.plain(text)
