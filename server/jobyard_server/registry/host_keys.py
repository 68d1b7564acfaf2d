"""Host keys of SSH servers: seen by the daemon, confirmed by people, trusted only then."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobyard_repos.errors import InvalidRemoteUrl
from jobyard_repos.host_keys import OfferedKey, read_host_key
from jobyard_repos.hosts import canonical_host
from jobyard_repos.remotes import parse_remote_url
from jobyard_server.access.audit import CONFIRMED, DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.requests import request_sync

SSH_PORT = 22
_MOST_OFFERED = 20  # unconfirmed ones kept of one server

logger = logging.getLogger(__name__)


def confirmed_keys(host: str, port: int) -> tuple[str, ...]:
    """``kind base64`` each."""
    rows = HostKey.objects.filter(host=host, port=port, confirmed_at__isnull=False)
    return tuple(f"{row.kind} {row.key}" for row in rows)


def note_offered(host: str, port: int, offered: Iterable[OfferedKey]) -> None:
    """Keep what a server shows; nothing of it is trusted by that."""
    room = _MOST_OFFERED - HostKey.objects.filter(host=host, port=port, confirmed_at=None).count()
    rows = [_row(host, port, key) for key in offered][: max(0, room)]
    HostKey.objects.bulk_create(rows, ignore_conflicts=True)


def confirm(key: HostKey, user: User | None) -> None:
    """Trust *key* from now on, in the place of an earlier one of its kind, and sync what waits for it."""
    with transaction.atomic():
        same = HostKey.objects.filter(host=key.host, port=key.port, kind=key.kind)
        same.exclude(pk=key.pk).delete()
        HostKey.objects.filter(pk=key.pk).update(confirmed_at=timezone.now(), confirmed_by=user)
        record(CONFIRMED, user=user, target=key, fingerprint=key.fingerprint)
        for source in _sources_at(key.host, key.port):
            request_sync(source, user)
    logger.info(
        "host key confirmed",
        extra={"action": "host_key", "host": key.host, "fingerprint": key.fingerprint, "user": str(user)},
    )


def forget(key: HostKey, user: User) -> None:
    """Trust *key* no longer; when its server shows it again, somebody has to confirm it again."""
    with transaction.atomic():
        record(DELETED, user=user, target=key, fingerprint=key.fingerprint)
        key.delete()


def add_confirmed(host: str, text: str, user: User | None, *, port: int = SSH_PORT) -> HostKey:
    """
    Trust a key that somebody brought from the operator of the server, before it was ever seen.

    Args:
        host: Name or address.
        text: A line of ``known_hosts`` or of a ``.pub`` file.
        user: Who brought it.
        port: Of the SSH server.

    Raises:
        RepositoryErrors: Not a host, or not a key.
    """
    offered = read_host_key(text)
    if offered is None:
        raise RepositoryErrors({"key": ["Give one line of known_hosts or of a .pub file."]})
    try:
        host = canonical_host(host)
    except InvalidRemoteUrl as exc:
        raise RepositoryErrors({"host": [str(exc)]}) from exc
    row = _row(host, port, offered)
    with transaction.atomic():
        known, _ = HostKey.objects.get_or_create(
            host=host, port=port, fingerprint=row.fingerprint, defaults={"kind": row.kind, "key": row.key}
        )
        confirm(known, user)
        known.refresh_from_db()
        if user is not None:  # the command line may do everything
            require_covered(user, "add", known)
    return known


def keys_of(repository: GitRepository) -> QuerySet[HostKey]:
    """Those of the server that *repository* is reached at by ssh; none for other remotes."""
    place = _place(repository)
    return HostKey.objects.filter(host=place[0], port=place[1]) if place else HostKey.objects.none()


def _row(host: str, port: int, key: OfferedKey) -> HostKey:
    return HostKey(host=host, port=port, kind=key.kind, key=key.key, fingerprint=key.fingerprint)


def _place(repository: GitRepository) -> tuple[str, int] | None:
    try:
        remote = parse_remote_url(repository.remote_url, allow_file=True)
    except InvalidRemoteUrl:
        return None
    return (remote.host, remote.port or 0) if remote.scheme == "ssh" else None


def _sources_at(host: str, port: int) -> list[Source]:
    sources = Source.objects.filter(git_repository__isnull=False).select_related("git_repository")
    return [
        source
        for source in sources
        if source.git_repository is not None and _place(source.git_repository) == (host, port)
    ]
