"""The list of jobs: a page of it, grouped as users know it, with how each went last, in few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.favourites import is_favourite_of
from jobyard_server.registry.models import Job, Module, Source
from jobyard_server.registry.visible import visible_modules
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.jobs.filters import JobFilter, mentions, newest_ended

#: Columns that lists never show and that can be megabytes.
HEAVY = ("inputs", "request", "output", "console", "author_data", "origin")
PAGE: Final = 100  #: Jobs; a page costs the same whether there are a thousand or ten thousand.
MOST_BROKEN: Final = 10  #: Modules that do not load, told at once; the page of the sources has all.
ORDER: Final = (Lower("grouping"), "grouping", "module_name", "position", "job_class_name")


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A job and how it stands."""

    job: Job
    last_run: JobResult | None
    is_active: bool  #: A run of it waits or goes on.
    is_favourite: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Jobs under one heading."""

    heading: str
    is_continued: bool  #: The page before ended with jobs of this heading.
    lines: list[JobLine]

    @property
    def modules(self) -> list[str]:
        """The modules that they come from, as ``local/example``."""
        return list(dict.fromkeys(str(line.job.module) for line in self.lines))


@dataclass(frozen=True, kw_only=True)
class JobPage:
    """A page of the list."""

    groups: list[Group]
    number: int
    total: int  #: Jobs that match.
    broken: list[Module] = field(default_factory=list)  #: On the first page only.
    broken_count: int = 0

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return min(self.number * PAGE, self.total)

    @property
    def page_count(self) -> int:
        return max(-(-self.total // PAGE), 1)

    @property
    def more_broken(self) -> int:
        return self.broken_count - len(self.broken)


def read_page(user: User, wanted: JobFilter, number: int = 1) -> JobPage:
    """
    What *user* may see of the jobs that are *wanted*, and on the first page of the modules that do not load.

    Args:
        user: Who reads.
        wanted: The filter.
        number: From 1; one that is too high gives the last page.
    """
    found = wanted.apply(restrict(Job.objects.all(), user, "view"), user)
    total = found.count()
    number = max(min(number, -(-total // PAGE)), 1)
    start = (number - 1) * PAGE
    rows = list(_with_all(found, user)[max(start - 1, 0) : start + PAGE])
    before, rows = (rows[:1], rows[1:]) if start else ([], rows)
    broken = _broken_modules(user, wanted) if number == 1 else Module.objects.none()
    told = list(broken[: MOST_BROKEN + 1])
    return JobPage(
        groups=_groups(_lines(rows), before),
        number=number,
        total=total,
        broken=told[:MOST_BROKEN],
        broken_count=broken.count() if len(told) > MOST_BROKEN else len(told),
    )


def count_hidden(user: User) -> int:
    """Jobs that the list leaves out unless it is asked for them."""
    return restrict(Job.objects.filter(installed=True, hidden=True), user, "view").count()


def choices_for(user: User) -> dict[str, list[tuple[str, str]]]:
    """Sources and tags that the jobs of *user* have, as (value, label)."""
    jobs = restrict(Job.objects.all(), user, "view").order_by()
    sources = Source.objects.filter(pk__in=jobs.filter(installed=True).values("module__source"))
    titled = sorted((source.title.lower(), source.key, source.title) for source in _titled(sources))
    tags = jobs.filter(tags__isnull=False).values_list("tags__slug", "tags__name").distinct()
    return {
        "sources": [(key, title) for _order, key, title in titled],
        "tags": sorted(tags, key=lambda tag: tag[1].lower()),
    }


def _titled(sources: QuerySet[Source]) -> QuerySet[Source]:
    return sources.select_related("git_repository").only("key", "kind", "git_repository__name")


def _with_all(jobs: QuerySet[Job], user: User) -> QuerySet[Job]:
    """With all that their lines show; the spec is not among it."""
    # Prefetched, not joined: a hundred jobs of a module share one object of it.
    jobs = jobs.prefetch_related("module__source", "tags").defer("spec_json", "overrides")
    jobs = jobs.annotate(is_favourite=is_favourite_of(user))
    runs = restrict(JobResult.objects.filter(status__in=statuses.ACTIVE), user, "view")
    jobs = jobs.annotate(
        is_active=Exists(runs.filter(job_model=OuterRef("pk"))),
        newest=Subquery(newest_ended(user).values("pk")[:1]),
    )
    return jobs.order_by(*ORDER)


def _lines(jobs: Sequence[Any]) -> list[JobLine]:
    newest = [job.newest for job in jobs if job.newest]
    runs = JobResult.objects.filter(pk__in=newest).only("job_model", "status", "completed", "counters")
    last = {run.job_model_id: run for run in runs.order_by()}
    return [
        JobLine(
            job=job,
            last_run=last.get(job.pk),
            is_active=job.is_active,
            is_favourite=job.is_favourite,
        )
        for job in jobs
    ]


def _groups(lines: list[JobLine], before: Sequence[Job]) -> list[Group]:
    earlier = {job.grouping for job in before}
    return [
        Group(heading=heading, is_continued=heading in earlier, lines=list(found))
        for heading, found in groupby(lines, key=lambda line: line.job.grouping)
    ]


def _broken_modules(user: User, wanted: JobFilter) -> QuerySet[Module]:
    """Modules with an error, also those that never had a job; none where the filter asks about jobs alone."""
    if wanted.is_about_jobs:
        return Module.objects.none()
    modules = visible_modules(user).filter(is_installed=True, load_error__isnull=False)
    for word in wanted.words:
        modules = modules.filter(mentions(word, "name", "grouping", "path", "source__key"))
    modules = modules.filter(source__key=wanted.source) if wanted.source else modules
    modules = modules.filter(grouping=wanted.group) if wanted.group else modules
    return modules.select_related("source__git_repository", "revision").order_by("source__key", "name")
