"""Addresses: those that lists hold by the hundred, and those that come from job code."""

from __future__ import annotations

from urllib.parse import quote, urlsplit


def job_url(class_path: str) -> str:
    """The page of a job; names of modules may hold what addresses may not."""
    return f"/extras/jobs/{quote(class_path)}/"


def result_url(key: object) -> str:
    """The page of a result."""
    return f"/extras/jobs/results/{key}/"


def safe_url(text: str | None) -> str:
    """*text* if it may be a link: a path of this server, or http(s); else nothing."""
    if not text or any(character.isspace() or ord(character) < 0x20 for character in text):  # noqa: PLR2004
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return text
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path and not parts.scheme else ""
