"""Keys of SSH servers: asked for when one is not known, shown to people, never trusted at first sight."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from jobyard_repos.errors import FetchError
from jobyard_repos.processes import GitProcess, Tail, drain
from jobyard_repos.programs import program

_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
_LINE = re.compile(r"(?:\S+ )?(?P<kind>[a-z0-9-]+) (?P<key>[A-Za-z0-9+/]{40,4000}={0,2})(?: .*)?")
_OUTPUT_KEPT = 64 * 1024
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, kw_only=True)
class OfferedKey:
    """A key that a server showed, whoever that was."""

    kind: str
    key: str  #: base64

    @property
    def line(self) -> str:
        """As it stands in a list of known hosts, after the name."""
        return f"{self.kind} {self.key}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…``, as servers' operators publish it."""
        digest = hashlib.sha256(base64.b64decode(self.key)).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


class HostKeyRefused(FetchError):  # noqa: N818  # an event of the domain
    """The server shows a key that nobody confirmed."""

    def __init__(self, host: str, offered: list[OfferedKey], *, is_changed: bool) -> None:
        shown = ", ".join(f"{key.fingerprint} ({key.kind})" for key in offered) or "none that we could read"
        if is_changed:
            sentence = (
                f"{host} shows another host key than the confirmed one, so nothing was sent: {shown}. "
                "Somebody may be in between; confirm the new key only if the operator of the server says "
                "that it was changed."
            )
        else:
            sentence = (
                f"The host key of {host} is not confirmed: {shown}. Compare it with what the operator of the "
                "server publishes, then confirm it on the page of the repository."
            )
        super().__init__(sentence, kind="host_key", permanent=True)
        self.host = host
        self.offered = offered


def read_host_key(text: str) -> OfferedKey | None:
    """
    A line of ``known_hosts``, of ``ssh-keyscan`` or of a ``.pub`` file; None when it is none.

    Args:
        text: With or without the name of the host in front and a comment behind.
    """
    match = _LINE.fullmatch(text.strip())
    if match is None or match["kind"] not in _KINDS:
        return None
    try:
        content = base64.b64decode(match["key"], validate=True)
    except binascii.Error:
        return None
    kind = match["kind"].encode()
    is_consistent = content.startswith(len(kind).to_bytes(4, "big") + kind)
    return OfferedKey(kind=match["kind"], key=match["key"]) if is_consistent else None


def scan(address: str, port: int, *, timeout_seconds: float) -> list[OfferedKey]:
    """The keys that the server at *address* shows now; empty when it shows none in time."""
    argv = [program("ssh-keyscan"), "-T", "5", "-t", "ed25519,ecdsa,rsa", "-p", str(port), "--", address]
    stdout = Tail(_OUTPUT_KEPT)
    with GitProcess(
        argv, environment=_ENVIRONMENT, folder=Path("/"), timeout_seconds=timeout_seconds, stdout=True
    ) as process:
        drain({process.stdout.fileno(): stdout})
        process.wait()
    lines = stdout.data.decode("ascii", "replace").splitlines()
    found = (read_host_key(line) for line in lines if not line.startswith("#"))
    return sorted({key for key in found if key}, key=lambda key: _KINDS.index(key.kind))
