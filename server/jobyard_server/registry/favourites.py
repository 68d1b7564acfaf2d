"""Favourite jobs of a user."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from jobyard_server.access.models import User
from jobyard_server.registry.favourite_models import FavouriteJob
from jobyard_server.registry.models import Job


def keep_favourite(user: User, job: Job, *, wanted: bool) -> None:
    """Mark *job* as a favourite of *user*, or take the mark away; safe to repeat."""
    if wanted:
        FavouriteJob.objects.get_or_create(user=user, job=job)
    else:
        FavouriteJob.objects.filter(user=user, job=job).delete()


def is_favourite(user: User, job: Job) -> bool:
    return FavouriteJob.objects.filter(user=user, job=job).exists()


def is_favourite_of(user: User) -> Exists:
    """For queries of jobs: whether it is a favourite of *user*."""
    return Exists(FavouriteJob.objects.filter(user=user.pk, job=OuterRef("pk")))
