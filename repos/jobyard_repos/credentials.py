"""What a remote wants to see before it answers."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

_ANY_USER = "x-access-token"  # most servers look at the token only, but want some name with it


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a remote wants to see. Lives as long as one call; ``repr`` shows nothing of it."""

    username: str = field(default="", repr=False)  #: Some servers want one with the token.
    token: str = field(repr=False)

    @property
    def header(self) -> str:
        """The ``Authorization`` header of HTTP."""
        pair = f"{self.username or _ANY_USER}:{self.token}"
        return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every form in which the token could show up in an output."""
        return (self.token, self.header.rpartition(" ")[2])
