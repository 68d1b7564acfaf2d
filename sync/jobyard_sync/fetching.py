"""Step one of a sync: bring what the branch of a repository means now."""

from __future__ import annotations

from django.conf import settings

from jobyard_repos.mirror import Commit, Mirror
from jobyard_repos.remotes import RemoteUrl, parse_remote_url
from jobyard_repos.transport import Credentials, FetchLimits
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.models import GitRepository
from jobyard_sync.errors import SyncError


def fetch(repository: GitRepository, mirror: Mirror) -> Commit:
    """
    The commit of the repository's branch, in *mirror* from now on.

    Raises:
        ReposError: The remote did not give it.
        SecretUnreadable: The token cannot be decrypted any more.
        SyncError: The token was entered for another server.
    """
    options = settings.JOBYARD
    remote = parse_remote_url(repository.remote_url, allow_file=options["ALLOW_FILE_REMOTES"])
    return mirror.fetch(
        remote,
        repository.branch,
        credentials=_credentials(repository, remote),
        limits=FetchLimits(timeout_seconds=options["GIT_TIMEOUT"]),
        allowed_nets=options["GIT_ALLOWED_NETS"],
    )


def _credentials(repository: GitRepository, remote: RemoteUrl) -> Credentials | None:
    """The decrypted token lives as long as the one call that it is made for."""
    if not repository.token_encrypted:
        return None
    if repository.token_origin != remote.origin:
        raise SyncError(f"The token was entered for another server than {remote.origin}; enter it again.")
    return Credentials(username=repository.username, token=decrypt(repository.token_encrypted))
