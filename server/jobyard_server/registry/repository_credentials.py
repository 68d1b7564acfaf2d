"""
Credentials of a repository: encrypted, bound to the server they were entered for, never shown.

A stored credential only ever goes to the scheme, host and port that it was given for; a changed address
without a new one clears it in the same transaction (CVE-2026-45625 class).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from jobyard_repos.remotes import RemoteUrl
from jobyard_server.access.secrets import encrypt
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository

UNCHANGED = "********"  #: What clients see and send back; the same as not sending it.
FIELDS = ("token", "ssh_key", "report_token")
_HTTPS_PORT = 443

logger = logging.getLogger(__name__)


def set_credentials(repository: GitRepository, remote: RemoteUrl, given: Mapping[str, str | None]) -> None:
    """
    Store what is *given*; saving is left to the caller.

    Args:
        repository: Its other fields have their new values already.
        remote: Its address, likewise.
        given: By name of ``FIELDS``. Absent, None or ``********``: as it is; empty: removed.

    Raises:
        RepositoryErrors: An ssh key that is none.
    """
    values = {name: None if given.get(name) == UNCHANGED else given.get(name) for name in FIELDS}
    _set_ssh_key(repository, remote, values["ssh_key"])
    _set(repository, "token", remote.origin, values["token"])
    _set(
        repository,
        "report_token",
        report_origin(remote),
        values["report_token"],
        origin_field="report_origin",
    )


def report_origin(remote: RemoteUrl) -> str:
    """Where the forge of *remote* takes commit statuses: beside the repository, by https for ssh remotes."""
    if remote.scheme == "ssh":
        return f"https://{remote.bracketed_host}:{_HTTPS_PORT}"
    return remote.origin if remote.scheme in {"https", "http"} else ""


def _set_ssh_key(repository: GitRepository, remote: RemoteUrl, value: str | None) -> None:
    if not value:
        _set(repository, "ssh_key", remote.origin, value)
        if not repository.ssh_key_encrypted:
            repository.ssh_public_key = ""
        return
    if remote.scheme != "ssh":
        raise RepositoryErrors({"ssh_key": ["A key is for ssh remotes; enter a token for this address."]})
    from jobyard_server.registry.ssh_keys import read_private_key  # noqa: PLC0415  # see access.secrets

    pair = read_private_key(value)
    _set(repository, "ssh_key", remote.origin, pair.private)
    repository.ssh_public_key = pair.public


def _set(
    repository: GitRepository, name: str, origin: str, value: str | None, *, origin_field: str = ""
) -> None:
    origin_field = origin_field or f"{name}_origin"
    stored, stored_for = getattr(repository, f"{name}_encrypted"), getattr(repository, origin_field)
    if value:
        stored, stored_for = encrypt(value), origin
    elif value is not None or stored_for != origin:
        if stored:
            logger.warning(
                "credential of a repository cleared",
                extra={
                    "action": "clear_credential",
                    "what": name,
                    "repository": repository.name,
                    "origin": origin,
                },
            )
        stored = stored_for = ""
    setattr(repository, f"{name}_encrypted", stored)
    setattr(repository, origin_field, stored_for)
