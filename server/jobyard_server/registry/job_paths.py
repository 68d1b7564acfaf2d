"""Folders of a repository that hold job files, as people enter them."""

from __future__ import annotations

from collections.abc import Iterable

from jobyard.discovery import is_module_name

ROOT = "."
MOST = 20
LONGEST = 200


class InvalidJobPath(Exception):  # noqa: N818  # an event of the domain, not of the program
    """A folder cannot hold job files; the text says why."""


def read_job_paths(value: object) -> list[str]:
    """
    The one form of these folders: ``scripts``, ``automation/jobs``, ``.`` for the root; each once.

    Args:
        value: A list of texts, or a text with commas or lines.

    Raises:
        InvalidJobPath: One cannot be used, or there are none or too many.
    """
    if isinstance(value, str):
        value = value.replace(",", "\n").splitlines()
    if not isinstance(value, Iterable) or isinstance(value, dict | bytes):
        raise InvalidJobPath("Expected a list of folders.")
    paths = list(dict.fromkeys(_read(item) for item in value if not _is_blank(item)))
    if not paths:
        raise InvalidJobPath("Name at least one folder; the root of the repository is a dot.")
    if len(paths) > MOST:
        raise InvalidJobPath(f"Name {MOST} folders at most.")
    return paths


def _is_blank(item: object) -> bool:
    return isinstance(item, str) and not item.strip()


def _read(item: object) -> str:
    if not isinstance(item, str):
        raise InvalidJobPath("Each folder must be a text.")
    text = item.strip().removeprefix("./").rstrip("/") or ROOT
    if item.strip().startswith("/"):
        raise InvalidJobPath(
            f'"{text}" starts at the root of a machine; name it from the root of the repository.'
        )
    if text == ROOT:
        return ROOT
    if len(text) > LONGEST:
        raise InvalidJobPath(f"A folder may have {LONGEST} characters at most.")
    if "\\" in text or not all(is_module_name(part) for part in text.split("/")):
        raise InvalidJobPath(
            f'"{text}" cannot hold job files: no part of it may be empty or have a dot or white space in it,'
            " since modules are imported by it."
        )
    return text
