"""A call of a forge as it came in, and what its body says when it is read with suspicion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CHANGES = 100  #: A body may tell of more; then the rest is not looked at, and a sync is asked for.

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NOTHING = re.compile(r"0{40}|0{64}")
_LONGEST_REF = 255


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was sent. Nothing of it is trusted before its signature was checked, and little after."""

    headers: Mapping[str, str]  #: Names in any case; repeated ones are joined by commas.
    body: bytes  #: Exactly as it was sent: signatures are over these bytes.
    received_at: float  #: Seconds since 1970, for signatures over a time.


@dataclass(frozen=True, kw_only=True)
class Change:
    """One ref that was moved."""

    ref: str  #: ``refs/heads/main`` or ``refs/tags/v1``.
    commit: str = ""  #: Where to, as announced; ``""`` when the ref was deleted or the body is silent.


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a body says."""

    event: str  #: In the words of the forge.
    is_push: bool  #: Else a test call, or an event that has nothing to do with commits.
    changes: tuple[Change, ...] | None = None  #: None: a push, but the body does not say of what.
    addresses: tuple[str, ...] = ()  #: Of the repository, as the forge knows it.


def dig(data: Any, *path: str) -> Any:
    """What is at *path* in nested objects; None when there is anything else on the way."""
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data


def text(data: Any, *path: str) -> str:
    """The printable text at *path*; ``""`` when it is none, or longer than any name of a ref."""
    found = dig(data, *path)
    is_plain = isinstance(found, str) and found.isprintable() and len(found) <= _LONGEST_REF
    return found if is_plain and _is_unicode(found) else ""


def items(data: Any, *path: str) -> list[Any]:
    """The first entries of the list at *path*; one more than ``MOST_CHANGES`` when there are more."""
    found = dig(data, *path)
    return found[: MOST_CHANGES + 1] if isinstance(found, list) else []


def change(ref: str, commit: str) -> tuple[Change, ...]:
    """One change, or none when *ref* is no branch and no tag."""
    if not ref.startswith(("refs/heads/", "refs/tags/")):
        return ()
    is_commit = _COMMIT.fullmatch(commit) and not _NOTHING.fullmatch(commit)
    return (Change(ref=ref, commit=commit if is_commit else ""),)


def all_of(found: list[tuple[Change, ...]]) -> tuple[Change, ...] | None:
    """The changes together; None when they were too many to look at, or there were none at all."""
    if not found or len(found) > MOST_CHANGES:
        return None
    return tuple(one for group in found for one in group)


def _is_unicode(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which no column can hold
        return False
    return True
