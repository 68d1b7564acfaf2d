"""The list of jobs: grouped as users know it, with the newest ended run of each, in few queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.models import Job, Module
from jobyard_server.runs.models import JobResult

#: Columns that lists never show and that can be megabytes.
HEAVY = ("inputs", "request", "output", "console", "author_data", "origin")
MOST_WORDS = 8  #: Of a search; more would only cost time.


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A job and how it went last."""

    job: Job
    last_run: JobResult | None


@dataclass(kw_only=True)
class Group:
    """The jobs under one heading, and the modules they come from."""

    heading: str
    modules: dict[uuid.UUID, Module] = field(default_factory=dict)
    lines: list[JobLine] = field(default_factory=list)

    @property
    def broken_modules(self) -> list[Module]:
        return [module for module in self.modules.values() if module.load_error]


def list_groups(user: User, *, search: str = "", with_hidden: bool = False) -> list[Group]:
    """What *user* may see of the installed jobs and of the modules that do not load."""
    words = search.split()[:MOST_WORDS]
    jobs = _jobs(user, words, with_hidden=with_hidden)
    last_runs = _newest_ended_runs(user, jobs)
    groups: dict[str, Group] = {}
    for job in jobs:
        group = groups.setdefault(job.grouping, Group(heading=job.grouping))
        group.modules.setdefault(job.module_id, job.module)
        group.lines.append(JobLine(job=job, last_run=last_runs.get(job.pk)))
    for module in _broken_modules(user, words):
        group = groups.setdefault(module.grouping, Group(heading=module.grouping))
        group.modules.setdefault(module.pk, module)
    return sorted(groups.values(), key=lambda group: (group.heading.lower(), group.heading))


def count_hidden(user: User) -> int:
    """Jobs that the list leaves out unless it is asked for them."""
    return restrict(Job.objects.filter(installed=True, hidden=True), user, "view").count()


def _jobs(user: User, words: list[str], *, with_hidden: bool) -> QuerySet[Job]:
    jobs = restrict(Job.objects.filter(installed=True), user, "view")
    jobs = jobs if with_hidden else jobs.filter(hidden=False)
    path = Concat(
        F("module__source__key"), Value("/"), F("module_name"), Value("/"), F("job_class_name"),
        output_field=CharField(),
    )  # fmt: skip
    jobs = jobs.alias(path=path)
    for word in words:
        jobs = jobs.filter(_mentions(word, "name", "grouping", "description", "path"))
    # Prefetched, not joined: a hundred jobs of a module share one object of it.
    jobs = jobs.prefetch_related("module__source", "module__revision").defer("spec_json")
    return jobs.order_by("grouping", "module_name", "job_class_name")


def _broken_modules(user: User, words: list[str]) -> QuerySet[Module]:
    """Modules with an error, also those that never had a job; seen by whoever may see jobs at all."""
    if may(user, "view", Job):
        modules = Module.objects.filter(is_installed=True, load_error__isnull=False)
        for word in words:
            modules = modules.filter(_mentions(word, "name", "grouping", "path", "source__key"))
        return modules.select_related("source__git_repository", "revision").order_by("name")
    return Module.objects.none()


def _mentions(word: str, *fields: str) -> Q:
    condition = Q()
    for name in fields:
        condition |= Q(**{f"{name}__icontains": word})
    return condition


def _newest_ended_runs(user: User, jobs: QuerySet[Job]) -> dict[uuid.UUID, JobResult]:
    """The newest ended run by job; one index look-up for each job instead of a walk through all runs."""
    if not may(user, "view", JobResult):
        return {}
    ended = restrict(JobResult.objects.filter(completed__isnull=False), user, "view")
    newest = ended.filter(job_model=OuterRef("pk")).order_by("-completed").values("pk")[:1]
    keys = jobs.order_by().values(newest=Subquery(newest))
    runs = JobResult.objects.filter(pk__in=keys).only("job_model", "status", "completed", "counters")
    return {run.job_model_id: run for run in runs.order_by() if run.job_model_id}
