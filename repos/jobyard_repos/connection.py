"""How one remote is reached: where it is, with which credentials, by which way, at which cost."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field

from jobyard_repos.credentials import Credentials
from jobyard_repos.limits import FetchLimits
from jobyard_repos.remotes import RemoteUrl

#: Malformed objects of honest old histories, which may be let in one by one; never free text.
FSCK_EXCEPTIONS = ("zeroPaddedFilemode", "missingSpaceBeforeDate", "badTimezone")


@dataclass(frozen=True, kw_only=True)
class Way:
    """The way out of this network; the operator's settings, the same for all remotes."""

    allowed_nets: Sequence[str] = ()  #: Networks that are fine although the rules forbid them.
    proxy: str = field(default="", repr=False)  #: ``http://user:password@host:port``; for http and https.
    no_proxy: Sequence[str] = ()  #: Hosts, or ``.example.com`` for all below it, that need no proxy.
    ca_file: str = ""  #: Authorities in one PEM file; those of the system when empty.

    def proxy_for(self, remote: RemoteUrl) -> str:
        """``""`` when this remote is reached directly."""
        if not self.proxy or remote.scheme not in {"http", "https"} or self._is_near(remote.host):
            return ""
        return self.proxy

    def _is_near(self, host: str) -> bool:
        return any(
            host == name.lstrip(".")
            or host.endswith(f".{name.lstrip('.')}")
            or fnmatch.fnmatchcase(host, name)
            for name in map(str.lower, self.no_proxy)
        )


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Everything that the calls of one fetch have in common."""

    remote: RemoteUrl
    credentials: Credentials | None = None  #: Given to this origin only.
    limits: FetchLimits = field(default_factory=FetchLimits)
    way: Way = field(default_factory=Way)
    fsck_exceptions: Sequence[str] = ()  #: Of ``FSCK_EXCEPTIONS``.

    def __post_init__(self) -> None:
        for name in self.fsck_exceptions:
            if name not in FSCK_EXCEPTIONS:
                raise ValueError(f"{name!r} is no exception that can be made")
