"""
A job in the list of jobs, its badges and its star.

Written here and not as a template, because a page of a hundred jobs spends its time on little else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.components import breakable, counter_chips, status_badge, time_ago
from jobyard_server.ui.icons import icon
from jobyard_server.ui.links import job_url, result_url
from jobyard_server.ui.markdown import plain

if TYPE_CHECKING:
    from jobyard_server.ui.jobs.listing import JobLine

LINE: Final = """<li class="jy-job-line">
{}<div class="jy-job-what"><p class="jy-job-name"><a href="{}">{}</a>{}{}</p>{}<p class="jy-path">{}</p></div>
<div class="jy-job-last">{}{}</div></li>
"""
DESCRIPTION: Final = '<p class="jy-job-description">{}</p>'
LAST: Final = '<a class="jy-job-run" href="{}">{}<span class="jy-meta">{}</span>{}</a>'
NOT_RUN: Final = mark_safe('<p class="jy-meta">Not run yet</p>')
ACTIVE: Final = '<a class="jy-job-active" href="/extras/job-results/?{}">{}</a>'
BADGE: Final = '<span class="jy-badge {}">{}{}</span>'
TAG: Final = '<a class="jy-tag" href="/extras/jobs/?{}">{}</a>'
LAST_GOOD: Final = (
    '<span class="jy-badge jy-badge-warning" title="The newest version of its module does not load; '
    'the last one that did stays in service.">{}last good version</span>'
)
STAR: Final = (
    '<button class="jy-star" id="star-{}" name="{}" value="{}" aria-pressed="{}" '
    'title="{}"{}><span class="visually-hidden">Favourite: {}</span></button>'
)
AS_ANSWER: Final = mark_safe(' hx-swap-oob="true"')
HINTS: Final = {True: "Take it off the favourites", False: "Make it a favourite"}


def job_line(line: JobLine) -> SafeString:
    """One line of the list."""
    job = line.job
    path, first_line = job.class_path, job.description_first_line
    return format_html(
        LINE,
        star(job, is_favourite=line.is_favourite),
        job_url(path),
        job.name,
        job_badges(job),
        _tags(job),
        format_html(DESCRIPTION, plain(first_line)) if first_line else "",
        breakable(path),
        _active(path) if line.is_active else "",
        _last(line.last_run) if line.last_run else ("" if line.is_active else NOT_RUN),
    )


def star(job: Job, *, is_favourite: bool, is_answer: bool = False) -> SafeString:
    """
    The button of the form around it that marks *job* or takes the mark away.

    Args:
        job: The job.
        is_favourite: As it is now.
        is_answer: For htmx, which puts it in the place of the old one.
    """
    action, pressed = ("remove", "true") if is_favourite else ("add", "false")
    swap = AS_ANSWER if is_answer else ""
    return format_html(STAR, job.pk, action, job.pk, pressed, HINTS[is_favourite], swap, job.name)


def job_badges(job: Job) -> SafeString:
    """What is special about *job*; most have nothing."""
    badges = [
        *([format_html(BADGE, "jy-badge-off", icon("off"), "disabled")] if not job.enabled else []),
        *([format_html(BADGE, "jy-badge-off", icon("off"), "not installed")] if not job.installed else []),
        *([format_html(BADGE, "", icon("lock"), "read-only")] if job.read_only else []),
        *([format_html(BADGE, "", icon("eye-off"), "hidden")] if job.hidden else []),
        *([format_html(LAST_GOOD, icon("shield"))] if job.installed and job.module.load_error else []),
    ]
    return mark_safe("".join(badges))  # noqa: S308  # each of them is made above


def _tags(job: Job) -> SafeString:
    return format_html_join("", TAG, ((urlencode({"tag": tag.slug}), tag.name) for tag in job.tags.all()))


def _active(path: str) -> SafeString:
    return format_html(
        ACTIVE, urlencode({"status": "active", "name": path}), status_badge("running", "Running now")
    )


def _last(run: JobResult) -> SafeString:
    ended = time_ago(run.completed) if run.completed else ""
    return format_html(LAST, result_url(run.pk), status_badge(run.status), ended, counter_chips(run.totals))
