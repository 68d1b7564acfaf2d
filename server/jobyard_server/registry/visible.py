"""Modules and sources have no permission of their own: they are seen by whoever sees their jobs."""

from __future__ import annotations

from django.db.models import QuerySet

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, may_all, restrict
from jobyard_server.registry.models import GIT, Job, Module, Source


def visible_modules(user: User) -> QuerySet[Module]:
    """
    The modules that *user* may know of.

    One that never had a job, because it never loaded, is known only to those who may view all jobs: nothing
    tells whether the others would see its jobs, and its error shows names and lines.
    """
    if may_all(user, "view", Job):
        return Module.objects.all()
    jobs = restrict(Job.objects.all(), user, "view")
    return Module.objects.filter(pk__in=jobs.order_by().values("module"))


def visible_folders(user: User, action: str = "view") -> QuerySet[Source]:
    """
    The folder and the plugins, as far as *user* may view them, or do another *action*, as a whole.

    Their revisions and differences tell about every job in them, and a decision about them is one about every
    job, so *user* must hold *action* on all of these.
    """
    folders = Source.objects.exclude(kind=GIT)
    if may_all(user, action, Job):
        return folders
    jobs = restrict(Job.objects.all(), user, action).order_by()
    others = Job.objects.exclude(pk__in=jobs.values("pk")).order_by()
    whole = folders.exclude(pk__in=others.values("module__source"))
    return whole.filter(pk__in=jobs.values("module__source"))


def may_view_source(user: User, source: Source) -> bool:
    """A repository by its own permission; the folder and the plugins by those of their jobs."""
    if source.git_repository is not None:
        return may(user, "view", source.git_repository)
    return visible_folders(user).filter(pk=source.pk).exists()
