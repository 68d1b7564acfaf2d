"""
Everything that jobyard_repos raises; ``str()`` of each is a sentence for the person who can act on it.

::

    ReposError
    ├── InvalidRemoteUrl      the address of a remote cannot be used
    ├── InvalidRefName        the name of a branch or tag cannot be used
    ├── GitUnavailable        git is missing or too old
    ├── FetchError            nothing new came from the remote; has kind, permanent, retry_after_seconds
    │   ├── UnknownBranch     the remote has no branch and no tag of that name
    │   └── HostKeyRefused    its ssh server shows a key that nobody confirmed (host_keys.py)
    └── SnapshotError         a tree did not become a snapshot; nothing partial is visible
        ├── RevisionNotFound  the mirror lacks the commit, or a part of it
        ├── TreeRefused       the tree breaks a limit or a rule; has permanent effect for this revision
        └── UnknownSnapshot   the store has no snapshot of that digest
"""

from __future__ import annotations

from typing import Literal

#: What went wrong with a remote; the words that logs, metrics and back-off rules use.
FetchKind = Literal[
    "host_key",  # its ssh server shows a key that nobody confirmed
    "auth",  # it wants other credentials
    "not_found",  # no repository at this address
    "unknown_branch",  # neither branch nor tag nor commit of that name
    "redirect",  # it points to another address, which is never followed
    "refused",  # our own rules forbid the call
    "rate_limit",  # it asks us to come back later
    "network",  # no connection, or one that broke
    "timeout",  # slower than the limit
    "too_large",  # more bytes than the limit
    "corrupt",  # what it sent is damaged or malformed
    "unsupported",  # a kind of repository that jobyard cannot read
    "disk",  # our own disk is full or read-only
    "unknown",  # anything else; the text is git's own
]


class ReposError(Exception):
    """Something about remotes, mirrors or snapshots that did not work."""


class InvalidRemoteUrl(ReposError):  # noqa: N818  # an event of the domain, not of the program
    """The address cannot be used as a remote."""


class InvalidRefName(ReposError):  # noqa: N818  # an event of the domain
    """The text cannot be the name of a branch or a tag."""


class GitUnavailable(ReposError):  # noqa: N818  # an event of the domain
    """The git program is missing or too old."""


class FetchError(ReposError):
    """
    Nothing new came from the remote; what was fetched before is untouched.

    Args:
        sentence: For people; never holds a credential.
        kind: One of ``FetchKind``.
        permanent: Waiting will not help; somebody has to change something first.
        retry_after_seconds: What the server asked for, if it did.
    """

    def __init__(
        self,
        sentence: str,
        *,
        kind: FetchKind,
        permanent: bool = False,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds


class UnknownBranch(FetchError):  # noqa: N818  # an event of the domain
    """The remote has no branch and no tag of that name."""

    def __init__(self, branch: str) -> None:
        # The wording is part of the contract with users of Nautobot.
        super().__init__(
            f"Please create branch '{branch}' in upstream and try again. "
            "If this is a new repo, please add a commit before syncing.",
            kind="unknown_branch",
            permanent=True,
        )
        self.branch = branch


class SnapshotError(ReposError):
    """A tree did not become a snapshot; no partial snapshot is visible."""


class RevisionNotFound(SnapshotError):  # noqa: N818  # an event of the domain
    """The mirror lacks the commit or one of its objects; fetching again brings it back."""


class TreeRefused(SnapshotError):  # noqa: N818  # an event of the domain
    """The tree breaks a limit or a rule, so this revision never becomes a snapshot."""


class UnknownSnapshot(SnapshotError):  # noqa: N818  # an event of the domain
    """The store has no snapshot of that digest."""
