"""Add, change and remove Git repositories. Every door (page, REST, command line) comes through here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from jobyard import statuses
from jobyard_repos.remotes import RemoteUrl
from jobyard_server.access.models import User
from jobyard_server.access.secrets import encrypt
from jobyard_server.registry import channels
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.job_slugs import job_slug
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.repository_fields import JOBS, FieldCheck, RepositoryFields
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.registry.sources import connect_source, git_key

UNCHANGED_TOKEN = "********"  # noqa: S105  # what clients see and send back, not a token
_CHANGEABLE = ("name", "slug", "remote_url", "branch", "username", "provided_contents")
_TAKEN = "A repository with this name or slug was added at the same moment."

logger = logging.getLogger(__name__)


def add_repository(
    *,
    name: str,
    remote_url: str,
    slug: str = "",
    branch: str = "main",
    username: str = "",
    token: str = "",
    provided_contents: list[str] | None = None,
    user: User | None = None,
) -> GitRepository:
    """
    Add a repository, connect its source, ask for its first sync.

    A source that a deleted repository with this slug left behind is taken up again, with its jobs.

    Raises:
        RepositoryErrors: Nothing was added.
    """
    values = {
        "name": name,
        "slug": slug,
        "remote_url": remote_url,
        "branch": branch,
        "username": username,
        "provided_contents": [JOBS] if provided_contents is None else provided_contents,
    }
    fields = FieldCheck().read(values)
    repository = GitRepository()
    _assign(repository, fields)
    _set_token(repository, fields.remote, "" if token == UNCHANGED_TOKEN else token)
    with _refusing_duplicates():
        repository.save(force_insert=True)
        request_sync(connect_source(repository), user)
    logger.info("repository added", extra={"action": "add_repository", "source": git_key(repository.slug)})
    return repository


def change_repository(
    repository: GitRepository, *, user: User | None = None, **changes: Any
) -> GitRepository:
    """
    Change the fields in *changes* and ask for a sync.

    Args:
        repository: Not changed itself; the stored row is read anew.
        user: Who asked.
        changes: Of the fields of :func:`add_repository`. ``token`` is left alone when absent, None or
            ``********``, removed when empty; and always removed when the address moves to another
            scheme, host or port without a new one.

    Raises:
        RepositoryErrors: Nothing was changed.
    """
    with _refusing_duplicates():
        # The source first, as in publish: two orders of locks would be a deadlock one day.
        Source.objects.select_for_update().filter(git_repository=repository.pk).first()
        stored = GitRepository.objects.select_for_update().get(pk=repository.pk)
        old_slug = stored.slug
        values = {name: changes.pop(name, getattr(stored, name)) for name in _CHANGEABLE}
        token = changes.pop("token", None)
        if changes:
            raise TypeError(f"A repository has no field {', '.join(sorted(changes))}.")
        fields = FieldCheck(stored).read(values)
        _assign(stored, fields)
        _set_token(stored, fields.remote, None if token == UNCHANGED_TOKEN else token)
        stored.save()
        if stored.slug != old_slug:
            _rename_source(stored)
        request_sync(connect_source(stored), user)
    return stored


def remove_repository(repository: GitRepository) -> None:
    """
    Delete the repository and its credentials. Its jobs stay as not installed; results stay.

    A sync in flight can publish nothing any more. The sync daemon removes mirror and snapshots.
    """
    with transaction.atomic():
        source = Source.objects.select_for_update().filter(git_repository=repository.pk).first()
        if source is not None:
            _take_out_of_service(source)
        GitRepository.objects.filter(pk=repository.pk).delete()
    logger.info("repository removed", extra={"action": "remove_repository", "repository": repository.name})


def _assign(repository: GitRepository, fields: RepositoryFields) -> None:
    repository.name, repository.slug, repository.branch = fields.name, fields.slug, fields.branch
    repository.remote_url, repository.username = str(fields.remote), fields.username
    repository.provided_contents = fields.provided_contents


def _set_token(repository: GitRepository, remote: RemoteUrl, token: str | None) -> None:
    """A stored token only ever goes to the origin that it was entered for (CVE-2026-45625 class)."""
    if token:
        repository.token_encrypted, repository.token_origin = encrypt(token), remote.origin
    elif token is not None or repository.token_origin != remote.origin:
        if repository.token_encrypted:
            logger.warning(
                "token of a repository cleared",
                extra={"action": "clear_token", "repository": repository.name, "origin": remote.origin},
            )
        repository.token_encrypted, repository.token_origin = "", ""


def _rename_source(repository: GitRepository) -> None:
    """Class paths change; records, results and permissions follow the record, not the text."""
    source = Source.objects.select_for_update().get(git_repository=repository)
    source.key = git_key(repository.slug)
    source.save(update_fields=["key"])
    jobs = list(Job.objects.filter(module__source=source))
    for job in jobs:
        job.slug = job_slug(source, job.module_name, job.job_class_name)
    Job.objects.bulk_update(jobs, ["slug"], batch_size=500)
    channels.notify(channels.REGISTRY, source.key)


def _take_out_of_service(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(
        git_repository=None, fence=F("fence") + 1, lease_holder=None, lease_until=None, error=""
    )
    Module.objects.filter(source=source).update(is_installed=False, load_error=None)
    Job.objects.filter(module__source=source).update(installed=False)
    waiting_requests().filter(source_model=source).update(
        status=statuses.CANCELLED, status_reason=statuses.CANCELLED_BY_USER, completed=timezone.now()
    )
    channels.notify(channels.REGISTRY, source.key)
    channels.notify(channels.SYNC, source.key)


@contextmanager
def _refusing_duplicates() -> Iterator[None]:
    """Turns the database's answer to two people with one idea into a message for the later one."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as exc:
        raise RepositoryErrors({"name": [_TAKEN]}) from exc
