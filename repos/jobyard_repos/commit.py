"""What a commit says of itself, as text that is safe to store and to show."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

MAX_AUTHOR = 200  # characters
MAX_MESSAGE = 10_000  # characters

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)  # bidirectional controls too: they make text read differently from what it is
_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit that the mirror holds. Only ``id`` can be trusted; the rest is what somebody wrote."""

    id: str  #: 40 lowercase hex digits.
    author: str  #: Name, or the mail address when there is none; at most 200 characters.
    message: str  #: At most 10,000 characters.
    committed_at: dt.datetime  #: UTC, within 1970 to 9999.
    notes: tuple[str, ...] = ()  #: What a person should know about how it was found.
    tag: str = ""  #: Id of the annotated tag that led to it; empty when none did.


def parse_commit(commit_id: str, data: bytes, notes: tuple[str, ...] = ()) -> Commit:
    """Read a raw commit object; whatever is malformed in it becomes empty or the nearest valid value."""
    head, _, message = data.partition(b"\n\n")
    headers = _headers(head)
    return Commit(
        id=commit_id,
        author=_author(headers.get(b"author", b"")),
        message=_plain(message[: 4 * MAX_MESSAGE]).strip()[:MAX_MESSAGE],
        committed_at=_time(headers.get(b"committer", b"")),
        notes=notes,
    )


def _headers(head: bytes) -> dict[bytes, bytes]:
    """The first of each header; continued lines (signatures) start with a space."""
    found: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if name:
            found.setdefault(name, value)
    return found


def _author(line: bytes) -> str:
    name, _, rest = line.partition(b"<")
    text = name.strip() or rest.partition(b">")[0].strip()
    return _plain(text[: 4 * MAX_AUTHOR]).replace("\n", " ").replace("\t", " ")[:MAX_AUTHOR]


def _time(line: bytes) -> dt.datetime:
    digits = line.rpartition(b">")[2].split()[:1]
    try:
        seconds = int(digits[0][:20])
        return min(max(dt.datetime.fromtimestamp(seconds, dt.UTC), _FIRST), _LAST)
    except IndexError:
        return _FIRST
    except ValueError:  # not a number, or a year beyond 9999
        return _LAST if digits[0][:20].isdigit() else _FIRST
    except OverflowError:
        return _LAST


def _plain(data: bytes) -> str:
    text = data.decode(errors="replace").replace("\r\n", "\n")
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
