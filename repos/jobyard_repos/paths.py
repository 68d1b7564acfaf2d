"""
Which names may become files of a snapshot. ``fetch.fsckObjects`` lets half of the hostile ones through.

Two answers besides yes: *hostile* names make the whole tree suspect, so the revision is refused;
*unwanted* ones are left out with a note, because a badly named picture must not take the jobs away.
"""

from __future__ import annotations

import functools
import re
import unicodedata

MAX_PATH_BYTES = 1024
MAX_SEGMENT_BYTES = 255
MAX_DEPTH = 40

_PLAIN = re.compile(r"[A-Za-z0-9_./ ()+,=@~-]*")  # nothing in these can be a control or a collision trick
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_WINDOWS_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\..*)?")
# What HFS+ ignores inside a name and NTFS at the end of it, so that another spelling opens ``.git``.
_HFS_IGNORED = re.compile(r"[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT = re.compile(r"(?i)(\.git|git~[0-9]+)[. ]*(:.*)?")
_LEFT_OUT_NAMES = {
    "sitecustomize.py": "it would execute at every start of Python",
    "usercustomize.py": "it would execute at every start of Python",
    "__pycache__": "compiled code can differ from the source that people see",
}
_LEFT_OUT_SUFFIXES = {
    "pyc": "compiled code can differ from the source that people see",
    "pyo": "compiled code can differ from the source that people see",
    "pth": "path files execute at every start of Python",
    "so": "binary extensions are not taken from repositories",
    "pyd": "binary extensions are not taken from repositories",
}


def hostile(path: str) -> str | None:
    """Say why a tree with this path is refused as a whole; None for most paths."""
    segments = path.split("/")
    if len(segments) > MAX_DEPTH:
        return f"it is more than {MAX_DEPTH} folders deep"
    if len(path.encode(errors="surrogateescape")) > MAX_PATH_BYTES:
        return f"it is longer than {MAX_PATH_BYTES} bytes"
    return next(filter(None, map(_hostile_segment, segments)), None)


def unwanted(path: str) -> str | None:
    """Say why a file of this path is left out; None when it is fine."""
    segments = path.split("/")
    suffix = segments[-1].lower().rpartition(".")[2]
    if suffix in _LEFT_OUT_SUFFIXES:
        return _LEFT_OUT_SUFFIXES[suffix]
    return next(filter(None, map(_unwanted_segment, segments)), None)


# Cached, because the files of a tree share their folders.
@functools.lru_cache(maxsize=4096)
def _hostile_segment(segment: str) -> str | None:
    if segment in {"", ".", ".."}:
        return "a part of it is empty, '.' or '..'"
    if _GIT.fullmatch(_HFS_IGNORED.sub("", segment)):
        return "a part of it is a spelling of '.git'"
    return None


@functools.lru_cache(maxsize=4096)
def _unwanted_segment(segment: str) -> str | None:
    """Names that execute, that another system reads differently, or that mislead who reads them."""
    if (reason := _LEFT_OUT_NAMES.get(segment.lower())) is not None:
        return reason
    if not _PLAIN.fullmatch(segment) and (reason := _misleading(segment)) is not None:
        return reason
    if segment.endswith((".", " ")):
        return "a part of its name ends with a dot or a space"
    if _WINDOWS_DEVICE.fullmatch(segment):
        return "a part of its name is a device on Windows"
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        return f"a part of its name is longer than {MAX_SEGMENT_BYTES} bytes"
    return None


def _misleading(segment: str) -> str | None:
    if "\\" in segment or ":" in segment:
        return "its name contains '\\' or ':'"
    if _CONTROL.search(segment):
        return "its name contains control characters or is not valid UTF-8"
    return None


def shown(path: str) -> str:
    """The path for people: without control characters, cut to a line."""
    text = _CONTROL.sub(lambda match: ascii(match[0])[1:-1], path)
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004  # what fits into a line of a log


class Collisions:
    """Finds paths that are one file somewhere: by case, by normalisation, or as file and folder."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._files: dict[str, str] = {}

    def add(self, path: str) -> str | None:
        """Take *path* in; returns the path that it collides with, if there is one."""
        parent, _, _ = path.rpartition("/")
        other = self._add_folder(parent) if parent else None
        key = _key(path)
        if other is not None or key in self._folders or key in self._files:
            return other or self._folders.get(key) or self._files.get(key)
        self._files[key] = path
        return None

    def _add_folder(self, path: str) -> str | None:
        while path:
            key = _key(path)
            known = self._folders.get(key)
            if known == path:
                return None  # so are all folders above it
            if known is not None or key in self._files:
                return known or self._files[key]
            self._folders[key] = path
            path = path.rpartition("/")[0]
        return None


def _key(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
