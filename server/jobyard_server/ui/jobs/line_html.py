"""
A job in the list of jobs, and its badges.

Written here and not as a template, because a list of a thousand jobs spends its time on little else.
"""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.components import breakable, counter_chips, status_badge, time_ago
from jobyard_server.ui.icons import icon
from jobyard_server.ui.links import job_url, result_url
from jobyard_server.ui.markdown import plain

LINE: Final = """<li class="jy-job-line">
<div class="jy-job-what"><p class="jy-job-name"><a href="{}">{}</a>{}</p>{}<p class="jy-path">{}</p></div>
{}</li>
"""
DESCRIPTION: Final = '<p class="jy-job-description">{}</p>'
LAST: Final = '<a class="jy-job-last" href="{}">{}<span class="jy-meta">{}</span>{}</a>'
NOT_RUN: Final = mark_safe('<p class="jy-job-last jy-meta">Not run yet</p>')
BADGE: Final = '<span class="jy-badge {}">{}{}</span>'
LAST_GOOD: Final = (
    '<span class="jy-badge jy-badge-warning" title="The newest version of its module does not load; '
    'the last one that did stays in service.">{}last good version</span>'
)


def job_line(job: Job, last_run: JobResult | None) -> SafeString:
    """One line of the list."""
    path, first_line = job.class_path, job.description_first_line
    return format_html(
        LINE,
        job_url(path),
        job.name,
        job_badges(job),
        format_html(DESCRIPTION, plain(first_line)) if first_line else "",
        breakable(path),
        _last(last_run) if last_run else NOT_RUN,
    )


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


def _last(run: JobResult) -> SafeString:
    ended = time_ago(run.completed) if run.completed else ""
    return format_html(LAST, result_url(run.pk), status_badge(run.status), ended, counter_chips(run.totals))
