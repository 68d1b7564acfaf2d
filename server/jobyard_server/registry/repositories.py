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
from jobyard_server.access.audit import CHANGED, CREATED, DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.registry import channels, remote_settings, repository_credentials
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.job_slugs import job_slug
from jobyard_server.registry.models import DEFAULT_JOB_PATHS, GitRepository, Job, Module, Source
from jobyard_server.registry.remote_models import RemoteWatch
from jobyard_server.registry.repository_credentials import set_credentials
from jobyard_server.registry.repository_fields import JOBS, FieldCheck, RepositoryFields
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.registry.sources import connect_source, git_key

UNCHANGED_TOKEN = repository_credentials.UNCHANGED
_CHANGEABLE = (
    "name",
    "slug",
    "remote_url",
    "branch",
    "username",
    "provided_contents",
    "job_paths",
    "strict",
    "auto_enable",
    "forge",
)
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
    job_paths: list[str] | str | None = None,
    strict: bool = False,
    auto_enable: bool = True,
    forge: str = "",
    user: User | None = None,
    **more: Any,
) -> GitRepository:
    """
    Add a repository, connect its source, ask for its first sync.

    A source that a deleted repository with this slug left behind is taken up again, with its jobs.
    *more* are fields of ``remote_settings`` and ``repository_credentials``.

    Raises:
        RepositoryErrors: Nothing was added.
        PermissionDenied: Likewise; the permission of *user* does not cover it.
    """
    values = {
        "name": name,
        "slug": slug,
        "remote_url": remote_url,
        "branch": branch,
        "username": username,
        "provided_contents": [JOBS] if provided_contents is None else provided_contents,
        "job_paths": DEFAULT_JOB_PATHS if job_paths is None else job_paths,
        "strict": strict,
        "auto_enable": auto_enable,
        "forge": forge,
    }
    fields = FieldCheck().read(values)
    repository = GitRepository()
    _assign(repository, fields)
    _set_more(repository, fields.remote, {**more, "token": token}, user=user)
    with _refusing_duplicates():
        repository.save(force_insert=True)
        if user is not None:  # the command line may do everything
            require_covered(user, "add", repository)
        record(CREATED, user=user, target=repository, remote_url=repository.remote_url)
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
        changes: Of the fields of :func:`add_repository`. A credential is left alone when absent, None or
            ``********``, removed when empty; and always removed when the address moves to another
            scheme, host or port without a new one.

    Raises:
        RepositoryErrors: Nothing was changed.
        PermissionDenied: Likewise; the permission of *user* would not cover it any more.
    """
    with _refusing_duplicates():
        # The source first, as in publish: two orders of locks would be a deadlock one day.
        Source.objects.select_for_update().filter(git_repository=repository.pk).first()
        stored = GitRepository.objects.select_for_update().get(pk=repository.pk)
        old_slug = stored.slug
        asked = sorted(changes)
        values = {name: changes.pop(name, getattr(stored, name)) for name in _CHANGEABLE}
        fields = FieldCheck(stored).read(values)
        _assign(stored, fields)
        _set_more(stored, fields.remote, changes, user=user)
        stored.save()
        if user is not None:  # see above
            require_covered(user, "change", stored)
        record(CHANGED, user=user, target=stored, fields=asked, **_decided(stored, asked))
        RemoteWatch.objects.filter(repository=stored).delete()  # what was seen may be of another branch
        if stored.slug != old_slug:
            _rename_source(stored)
        request_sync(connect_source(stored), user)
    return stored


def remove_repository(repository: GitRepository, *, user: User | None = None) -> None:
    """
    Delete the repository and its credentials. Its jobs stay as not installed; results stay.

    A sync in flight can publish nothing any more. The sync daemon removes mirror and snapshots.
    """
    with transaction.atomic():
        source = Source.objects.select_for_update().filter(git_repository=repository.pk).first()
        if source is not None:
            _take_out_of_service(source)
        GitRepository.objects.filter(pk=repository.pk).delete()
        record(DELETED, user=user, target=repository)
    logger.info("repository removed", extra={"action": "remove_repository", "repository": repository.name})


def _assign(repository: GitRepository, fields: RepositoryFields) -> None:
    repository.name, repository.slug, repository.branch = fields.name, fields.slug, fields.branch
    repository.remote_url, repository.username = str(fields.remote), fields.username
    repository.provided_contents = fields.provided_contents
    repository.job_paths, repository.strict, repository.forge = fields.job_paths, fields.strict, fields.forge
    repository.auto_enable = fields.auto_enable


def _set_more(
    repository: GitRepository, remote: RemoteUrl, given: dict[str, Any], *, user: User | None
) -> None:
    policy = repository.signature_policy
    credentials = {name: given.pop(name) for name in repository_credentials.FIELDS if name in given}
    unknown = set(given) - set(remote_settings.FIELDS)
    if unknown:
        raise TypeError(f"A repository has no field {', '.join(sorted(unknown))}.")
    remote_settings.set_remote_settings(repository, remote, given)
    set_credentials(repository, remote, credentials)
    if repository.signature_policy != policy:
        repository.signature_policy_by, repository.signature_policy_at = user, timezone.now()


def _decided(repository: GitRepository, asked: list[str]) -> dict[str, str]:
    """What the audit log should tell of beside the names of the fields."""
    return {"signature_policy": repository.signature_policy} if "signature_policy" in asked else {}


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
