"""What a remote wants to see before it answers."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

_ANY_USER = "x-access-token"  # most servers look at the token only, but want some name with it


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a remote wants to see. Lives as long as one call; ``repr`` shows nothing of it."""

    username: str = field(default="", repr=False)  #: Some servers want one with the token; ssh always.
    token: str = field(default="", repr=False)  #: For https; empty without one.
    private_key: str = field(default="", repr=False)  #: For ssh, in a form of OpenSSH, without pass-phrase.
    host_keys: tuple[str, ...] = field(default=(), repr=False)  #: Confirmed ones, ``kind base64`` each.

    @property
    def header(self) -> str:
        """The ``Authorization`` header of HTTP."""
        pair = f"{self.username or _ANY_USER}:{self.token}"
        return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every form in which a secret could show up in an output."""
        token = (self.token, self.header.rpartition(" ")[2]) if self.token else ()
        return (*token, *filter(None, (self.private_key,)))
