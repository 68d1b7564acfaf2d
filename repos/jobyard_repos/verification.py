"""Tell whether a snapshot on disk is exactly what its digest says."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from pathlib import Path

from jobyard_repos.draft import EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, MANIFEST, TREE
from jobyard_repos.manifest import ManifestEntry, digest_of, read_manifest
from jobyard_repos.plain_files import OPEN_FOLDER, read_file

_LARGEST_MANIFEST = 256 * 1024 * 1024  # bytes; far beyond what the limits of a tree allow

#: What a folder must hold: a file's entry, or None for a folder.
_Children = dict[str, ManifestEntry | None]


def is_intact(place: Path, digest: str) -> bool:
    """Compare manifest, names, modes and contents; what cannot be read counts as damage."""
    try:
        root = os.open(place, OPEN_FOLDER)
    except OSError:
        return False
    try:
        _, manifest = read_file(MANIFEST, root, _LARGEST_MANIFEST)
        return digest_of(manifest) == digest and _is_tree(manifest, root)
    except (OSError, ValueError):
        return False
    finally:
        os.close(root)


def _is_tree(manifest: bytes, root: int) -> bool:
    if set(os.listdir(root)) != {MANIFEST, TREE}:
        return False
    tree = os.open(TREE, OPEN_FOLDER, dir_fd=root)
    try:
        folders = _children_by_folder(read_manifest(manifest))
        return all(_is_folder(tree, path, children) for path, children in folders.items())
    finally:
        os.close(tree)


def _children_by_folder(entries: list[ManifestEntry]) -> dict[str, _Children]:
    folders: dict[str, _Children] = defaultdict(dict)
    folders["."] = {}
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        folders[folder or "."][name] = entry
        while folder:
            above, _, name = folder.rpartition("/")
            folders[above or "."][name] = None
            folder = above
    return folders


def _is_folder(tree: int, path: str, children: _Children) -> bool:
    """Nothing is missing in this folder, nothing was added, and every file is as it was."""
    folder = os.open(path, OPEN_FOLDER, dir_fd=tree)
    try:
        names = os.listdir(folder)  # noqa: PTH208  # a descriptor, not a path
        if stat.S_IMODE(os.fstat(folder).st_mode) != FOLDER_MODE or set(names) != set(children):
            return False
        return all(entry is None or _is_file(name, folder, entry) for name, entry in children.items())
    finally:
        os.close(folder)


def _is_file(name: str, folder: int, entry: ManifestEntry) -> bool:
    status, data = read_file(name, folder, entry.size + 1)
    mode = EXECUTABLE_MODE if entry.is_executable else FILE_MODE
    if stat.S_IMODE(status.st_mode) != mode or len(data) != entry.size:
        return False
    return hashlib.sha256(data).hexdigest() == entry.sha256
