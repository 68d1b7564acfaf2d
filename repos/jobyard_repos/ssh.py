"""The ssh command that git is given: made of constants, its files in a folder of their own for one call."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

from jobyard_repos.addresses import Address
from jobyard_repos.credentials import Credentials
from jobyard_repos.errors import FetchError
from jobyard_repos.private_files import private_folder
from jobyard_repos.programs import program
from jobyard_repos.remotes import RemoteUrl

DEFAULT_USER = "git"  #: What all forges use.

_OPTIONS = (
    "BatchMode=yes",  # never asks anything
    "StrictHostKeyChecking=yes",
    "UpdateHostKeys=no",
    "GlobalKnownHostsFile=/dev/null",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
    "ForwardAgent=no",
    "ClearAllForwardings=yes",
    "ControlPath=none",
    "ProxyCommand=none",
    "PermitLocalCommand=no",
    "CanonicalizeHostname=no",
    "ConnectTimeout=10",
    "ServerAliveInterval=10",
    "ServerAliveCountMax=2",
)


@contextlib.contextmanager
def ssh_environment(
    remote: RemoteUrl, credentials: Credentials, addresses: list[Address]
) -> Iterator[dict[str, str]]:
    """
    What the environment of a git call needs to reach *remote* by ssh, valid inside the block.

    Args:
        remote: An ssh address; its host is the name that the host keys are looked up by.
        credentials: Key and confirmed host keys.
        addresses: Checked ones; the first is connected to, whatever the name resolves to by then.
    """
    known = "".join(f"{remote.host} {key}\n" for key in credentials.host_keys)
    key = credentials.private_key
    with private_folder({"known_hosts": known, "key": key if key.endswith("\n") else f"{key}\n"}) as folder:
        options = [
            *_OPTIONS,
            f"UserKnownHostsFile={folder}/known_hosts",
            f"HostName={addresses[0]}",
            f"HostKeyAlias={remote.host}",
        ]
        argv = [
            program("ssh"),
            "-F",
            "/dev/null",
            *(f"-o{option}" for option in options),
            "-i",
            f"{folder}/key",
        ]
        yield {"GIT_SSH_COMMAND": shlex.join(argv), "GIT_SSH_VARIANT": "ssh"}


def check_has_key(remote: RemoteUrl, credentials: Credentials | None) -> Credentials:
    """
    The credentials, if they hold a key.

    Raises:
        FetchError: They do not.
    """
    if credentials is None or not credentials.private_key:
        raise FetchError(
            f"{remote} is reached by ssh, which needs a key; enter one.", kind="auth", permanent=True
        )
    return credentials
