"""
Names of branches and tags, and commit ids.

Our own rules come first: ``git check-ref-format`` accepts ``refs/heads/-x``, ``refs/heads/@``,
``refs/heads/HEAD``, ``refs/heads/$(id)`` and names that are not UTF-8. Where git is stricter its rules
are repeated here, so no process is needed to check a name.
"""

from __future__ import annotations

import re

from jobyard_repos.errors import InvalidRefName

MAX_LENGTH = 64  # characters; the column that stores it

_RESERVED = {"@", "HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD"}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\u0080-\u00a0\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff]")
_COMMIT_ID = re.compile(r"[0-9a-f]{40}")


def check_ref_name(text: str) -> str:
    """
    Return *text* when it can be the name of a branch or a tag, or a full commit id.

    Raises:
        InvalidRefName: With what is wrong about it.
    """
    problem = _problem(text)
    if problem is not None:
        shown = ascii(text[: MAX_LENGTH + 1])
        raise InvalidRefName(f"{shown} cannot be the name of a branch, a tag or a commit: {problem}.")
    return text


def is_commit_id(text: str) -> bool:
    """Tell whether *text* is a full commit id: 40 lowercase hex digits."""
    return _COMMIT_ID.fullmatch(text) is not None


def _problem(text: str) -> str | None:
    if not 0 < len(text) <= MAX_LENGTH:
        return f"it must have 1 to {MAX_LENGTH} characters"
    if text in _RESERVED:
        return "git uses this word itself"
    if text.startswith(("-", "+")):
        return f"it starts with {text[0]!r}"
    if not _is_text(text):
        return "it is not valid Unicode"
    if _FORBIDDEN.search(text):
        return "spaces, control characters and ~ ^ : ? * [ \\ are not allowed"
    return _segment_problem(text)


def _segment_problem(text: str) -> str | None:
    if ".." in text or "@{" in text:
        return "'..' and '@{' are not allowed"
    if text.endswith("."):
        return "it ends with a dot"
    for segment in text.split("/"):
        if not segment:
            return "a part between slashes is empty"
        if segment.startswith(".") or segment.endswith(".lock"):
            return "a part starts with a dot or ends with '.lock'"
    return None


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # lone surrogates: bytes that were no UTF-8
        return False
    return True
