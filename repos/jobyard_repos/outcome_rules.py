"""
The words of git, curl and the TLS libraries, and what they mean to us.

Texts are those of git 2.37 and newer in the C locale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobyard_repos.errors import FetchKind


@dataclass(frozen=True)
class Rule:
    """What one text in git's output tells."""

    pattern: re.Pattern[bytes]
    kind: FetchKind
    permanent: bool
    sentence: str  # "{remote}" and "{id}" are filled in

    @property
    def is_fsck(self) -> bool:
        """Whether git refused an object that it can be told to let in."""
        return "{id}" in self.sentence


def _rule(pattern: str, kind: FetchKind, sentence: str, *, permanent: bool = False) -> Rule:
    return Rule(re.compile(pattern.encode(), re.IGNORECASE), kind, permanent, sentence)


BY_STATUS: dict[int, tuple[FetchKind, bool, str]] = {
    401: ("auth", True, "{remote} asks for a user name and a token; enter valid ones."),
    403: ("auth", True, "{remote} refuses these credentials; the token needs the right to read it."),
    404: ("not_found", True, "There is no repository at {remote}, or the token may not see it."),
    410: ("not_found", True, "The repository at {remote} is gone."),
    429: ("rate_limit", False, "{remote} asks us to come back later."),
}

NO_GIT_SERVER = "{remote} does not answer like a Git server that speaks the smart protocol."

# The first match counts, so the specific ones come first.
RULES = (
    _rule(
        r"no space left on device|read-only file system|disk quota exceeded",
        "disk",
        "What {remote} sent could not be stored: the disk of jobyard is full or read-only.",
    ),
    _rule(
        r"permission denied \((publickey|password|keyboard)",
        "auth",
        "{remote} refuses the ssh key; add its public half to the server, as a deploy key that may read.",
        permanent=True,
    ),
    _rule(
        r"load key .*: (invalid format|error in libcrypto)",
        "auth",
        "The ssh key for {remote} cannot be read by ssh; enter it again.",
        permanent=True,
    ),
    _rule(
        r"kex_exchange_identification|connection closed by|banner exchange",
        "network",
        "The ssh server of {remote} closed the connection.",
    ),
    _rule(
        r"authentication failed|could not read (username|password)|terminal prompts disabled",
        "auth",
        "{remote} asks for a user name and a token; enter valid ones.",
        permanent=True,
    ),
    _rule(
        r"mismatched algorithms|unknown repository format|object-format",
        "unsupported",
        "{remote} is a SHA-256 repository; jobyard reads SHA-1 repositories only.",
        permanent=True,
    ),
    _rule(
        r"dumb http transport|does not support (shallow|smart)|not valid: is this a git repository",
        "unsupported",
        NO_GIT_SERVER,
        permanent=True,
    ),
    _rule(
        r"dubious ownership",
        "refused",
        "The folder {remote} belongs to another account, so git does not read it; change its owner.",
        permanent=True,
    ),
    _rule(
        r"certificate|ssl routines|tls|gnutls",
        "network",
        "The TLS certificate of {remote} is not valid for this machine; install its authority.",
        permanent=True,
    ),
    _rule(
        r"could not resolve host",
        "network",
        "The host of {remote} cannot be resolved.",
    ),
    _rule(
        r"operation too slow|timed out|timeout",
        "timeout",
        "{remote} answers too slowly.",
    ),
    _rule(
        r"failed to connect|connection refused|couldn't connect|no route to host|unreachable",
        "network",
        "{remote} does not accept connections.",
    ),
    _rule(
        r"rpc failed; curl|curl \d+|connection reset|empty reply|disconnect while reading"
        r"|transfer closed|hung up unexpectedly",
        "network",
        "The connection to {remote} broke.",
    ),
    _rule(
        r"fsck error|error in (commit|tree|tag|blob) ",
        "corrupt",
        "The history of {remote} holds an object that git refuses ({id}).",
        permanent=True,
    ),
    _rule(
        r"early eof|corrupt|index-pack|unpack-objects|bad pack|pack has|bad object|missing (blob|tree|commit)"
        r"|did not send all necessary objects|inflate|sha1 mismatch|protocol error|bad line length"
        r"|invalid pkt-len|missing object|unable to read|reference broken|unable to resolve reference"
        r"|cannot lock ref|bad ref",
        "corrupt",
        "What {remote} sent is damaged.",
    ),
    _rule(
        r"not found|does not appear to be a git repository|does not exist|no such file",
        "not_found",
        "There is no repository at {remote}, or the token may not see it.",
        permanent=True,
    ),
)
