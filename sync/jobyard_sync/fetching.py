"""Ask a remote, with what is stored for it: what its branch means now, and the commit itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from jobyard_repos.errors import InvalidRemoteUrl
from jobyard_repos.host_keys import HostKeyRefused
from jobyard_repos.mirror import Commit, Mirror
from jobyard_repos.remotes import RemoteUrl, parse_remote_url
from jobyard_repos.transport import Credentials, FetchLimits, Way
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.host_keys import confirmed_keys, note_offered
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.signature_rules import STRICT_SINCE
from jobyard_sync.errors import SyncError

LOOK_SECONDS = 20.0  #: A look is small; a remote that takes longer is looked at later.


def fetch(repository: GitRepository, mirror: Mirror, commit_id: str = "") -> Commit:
    """
    The commit of the repository's branch, or the one that is asked for, in *mirror* from now on.

    Raises:
        ReposError: The remote did not give it.
        SecretUnreadable: A credential cannot be decrypted any more.
        SyncError: A credential was entered for another server.
    """
    options = settings.JOBYARD
    remote = remote_of(repository)
    limits = FetchLimits(timeout_seconds=options["GIT_TIMEOUT"], pack_bytes=options["GIT_PACK_MAX_BYTES"])
    with _remembering_host_keys(remote):
        return mirror.fetch(
            remote,
            commit_id or repository.branch,
            credentials=_credentials(repository, remote),
            limits=limits,
            way=way(),
            fsck_exceptions=repository.fsck_exceptions,
            whole=repository.signature_rule.mode == STRICT_SINCE,
        )


def look(repository: GitRepository, mirror: Mirror) -> str:
    """The object that the repository's branch means now; raises like ``fetch``, and fetches nothing."""
    remote = remote_of(repository)
    limits = FetchLimits(timeout_seconds=min(LOOK_SECONDS, settings.JOBYARD["GIT_TIMEOUT"]))
    with _remembering_host_keys(remote):
        return mirror.look(
            remote,
            repository.branch,
            credentials=_credentials(repository, remote),
            limits=limits,
            way=way(),
        )


def remote_of(repository: GitRepository) -> RemoteUrl:
    """Checked again: what is stored may be older than the rules, or restored by hand."""
    return _checked(repository.remote_url)


def host_of(remote_url: str) -> str:
    """The server whose patience this remote shares with others; ``""`` for folders."""
    try:
        return _checked(remote_url).host
    except InvalidRemoteUrl:
        return ""


def way() -> Way:
    """Out of this network, as the operator set it."""
    options = settings.JOBYARD
    return Way(
        allowed_nets=options["GIT_ALLOWED_NETS"],
        proxy=options["GIT_PROXY"] or "",
        no_proxy=options["GIT_NO_PROXY"],
        ca_file=str(options["GIT_CA_FILE"] or ""),
    )


def _checked(remote_url: str) -> RemoteUrl:
    return parse_remote_url(remote_url, allow_file=settings.JOBYARD["ALLOW_FILE_REMOTES"])


def _credentials(repository: GitRepository, remote: RemoteUrl) -> Credentials | None:
    """The decrypted secrets live as long as the one call that they are made for."""
    if remote.scheme == "ssh":
        key = _opened(repository.ssh_key_encrypted, repository.ssh_key_origin, remote, "ssh key")
        host_keys = confirmed_keys(remote.host, remote.port or 0)
        return Credentials(username=repository.username, private_key=key, host_keys=host_keys)
    token = _opened(repository.token_encrypted, repository.token_origin, remote, "token")
    return Credentials(username=repository.username, token=token) if token else None


def _opened(stored: str, origin: str, remote: RemoteUrl, what: str) -> str:
    if not stored:
        return ""
    if origin != remote.origin:
        raise SyncError(f"The {what} was entered for another server than {remote.origin}; enter it again.")
    return decrypt(stored)


@contextmanager
def _remembering_host_keys(remote: RemoteUrl) -> Iterator[None]:
    """What an unknown server shows is kept for an administrator to compare and confirm."""
    try:
        yield
    except HostKeyRefused as exc:
        note_offered(remote.host, remote.port or 0, exc.offered)
        raise
