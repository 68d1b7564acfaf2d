"""
The snapshot store: immutable trees, each under the digest of its content.

::

    <store>/<digest>/manifest   every path with mode, size and SHA-256; its own SHA-256 is the digest
    <store>/<digest>/tree/      the files, read-only
    <store>/.draft-…  .trash-…  being written, being removed; nobody looks into them
    <store>/.identity           tells this store from all others (``store_identity``)
    <store>/.files/             what several snapshots have in common (``shared_files``)
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jobyard_repos.blob_contents import BlobContent, known_content, remember_content
from jobyard_repos.draft import MANIFEST, PREFIX, TREE, Draft, remove_if_abandoned
from jobyard_repos.errors import RevisionNotFound, SnapshotError, UnknownSnapshot
from jobyard_repos.fail_points import fail_point
from jobyard_repos.limits import TreeLimits
from jobyard_repos.manifest import digest_of, read_manifest
from jobyard_repos.mirror import Mirror
from jobyard_repos.notes import Notes
from jobyard_repos.objects import GitObject, ObjectReader
from jobyard_repos.refs import is_commit_id
from jobyard_repos.shared_files import forget_unused
from jobyard_repos.store_identity import store_identity
from jobyard_repos.tree import TreeFile, list_tree
from jobyard_repos.verification import is_intact

__all__ = ["Snapshot", "SnapshotStore", "TreeLimits"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_TRASH = ".trash-"
_LFS_MARK = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A complete tree of job code on disk that nobody edits again."""

    digest: str  #: SHA-256 over sorted paths, modes and contents; 64 lowercase hex digits.
    path: Path  #: Root of the tree, absolute, read-only.
    size_bytes: int  #: Sum of all files.
    file_count: int
    notes: list[str]  #: What was left out and why, one sentence each.
    files: Mapping[str, str]  #: SHA-256 of each file by its path.


class SnapshotStore:
    """
    All snapshots of one machine.

    Any number of processes may use one store at once: a snapshot becomes visible by one rename, and
    the second one to write the same content finds it there.

    Args:
        folder: Made when it is missing; on one local file system.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).absolute()

    def path(self, digest: str) -> Path:
        """
        Root of the tree of that snapshot, whether it is there or not.

        Raises:
            UnknownSnapshot: This is not a digest.
        """
        return self._place(digest) / TREE

    def identity(self) -> uuid.UUID:
        """Equal for two processes exactly when they use the same store, on whichever host they are."""
        return store_identity(self.folder)

    def has(self, digest: str) -> bool:
        """Tell whether the snapshot is there; ``verify`` tells whether it is also intact."""
        return (self._place(digest) / MANIFEST).is_file()

    def verify(self, digest: str) -> bool:
        """
        Read every file again and compare it with the manifest, and the manifest with the digest.

        False too when files were added or modes changed. Cost: one pass over the files.
        """
        return is_intact(self._place(digest), digest)

    def files(self, digest: str) -> dict[str, str]:
        """SHA-256 of each file of a snapshot by its path; empty when it is not here or damaged."""
        try:
            manifest = (self._place(digest) / MANIFEST).read_bytes()
            if digest_of(manifest) != digest:
                return {}
            return {entry.path: entry.sha256 for entry in read_manifest(manifest)}
        except (OSError, ValueError):
            return {}

    def open(self, digest: str) -> Snapshot:
        """
        One that is there, whole.

        Raises:
            UnknownSnapshot: It is not, or it was changed.
        """
        if not (self.has(digest) and self.verify(digest)):
            raise UnknownSnapshot(f"The snapshot {digest[:12]} is not on this machine any more.")
        entries = read_manifest((self._place(digest) / MANIFEST).read_bytes())
        return Snapshot(
            digest=digest,
            path=self.path(digest),
            size_bytes=sum(entry.size for entry in entries),
            file_count=len(entries),
            notes=[],
            files={entry.path: entry.sha256 for entry in entries},
        )

    def digests(self) -> list[str]:
        """The snapshots that are there, sorted."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if _DIGEST.fullmatch(name))

    def add_commit(self, mirror: Mirror, commit_id: str, limits: TreeLimits) -> Snapshot:
        """
        Write the tree of a commit, completely or not at all.

        Safe to repeat: a snapshot of the same content is verified and reused. Links, submodules and
        files that break a rule are left out, each with a note. Cost: one pass over the files of the
        tree; no network.

        Args:
            mirror: Holds the commit, from ``fetch``.
            commit_id: 40 hex digits.
            limits: Checked before anything is written.

        Raises:
            RevisionNotFound: The mirror lacks the commit or a part of it; fetch again.
            TreeRefused: The tree breaks a limit or holds hostile names.
            SnapshotError: Writing failed; nothing is left behind.
        """
        if not is_commit_id(commit_id):
            raise RevisionNotFound(f"{commit_id[:70]!r} is not a full commit id.")
        if not mirror.folder.is_dir():
            raise RevisionNotFound(f"The mirror {mirror.folder.name} is not there; fetch again.")
        notes = Notes()
        # Started before it is needed, so that it gets ready while the tree is listed.
        with ObjectReader(
            mirror.folder, largest_bytes=limits.file_bytes, timeout_seconds=limits.timeout_seconds
        ) as reader:
            files = list_tree(mirror.folder, commit_id, limits, notes)
            fail_point("tree.listed")
            return self.add(lambda draft: _write_blobs(files, reader, draft, notes), notes)

    def add(self, write: Callable[[Draft], None], notes: Notes) -> Snapshot:
        """
        Publish what *write* puts into a draft; for commits and folders alike.

        Raises:
            SnapshotError: Writing failed, or whatever *write* raises.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with Draft(self.folder) as draft:
                write(draft)
                digest = draft.finish()
                files = draft.files
                fail_point("before_rename")
                self._publish(draft, digest)
                fail_point("after_rename")
        except OSError as exc:
            raise SnapshotError(
                f"The snapshot could not be written to {self.folder} ({exc.strerror or exc})."
            ) from exc
        return Snapshot(
            digest=digest,
            path=self.path(digest),
            size_bytes=draft.size_bytes,
            file_count=len(files),
            notes=notes.texts,
            files=files,
        )

    def remove(self, digest: str) -> None:
        """Remove a snapshot, in one step for those who look; fine when it is not there."""
        self._discard(self._place(digest))
        forget_unused(self.folder)

    def clean_drafts(self) -> None:
        """Remove what crashed writers and removers left behind; leaves alone who is at work."""
        for draft in self.folder.glob(f"{PREFIX}*"):
            remove_if_abandoned(draft)
        for trash in self.folder.glob(f"{_TRASH}*"):
            remove_if_abandoned(trash)
        forget_unused(self.folder)

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise UnknownSnapshot(f"{digest[:70]!r} is not the digest of a snapshot.")
        return self.folder / digest

    def _publish(self, draft: Draft, digest: str) -> None:
        place = self._place(digest)
        if os.path.lexists(place):
            # Verify although it is there: a loss of power while the kernel was still writing can
            # leave short files under the right name.
            if is_intact(place, digest):
                return
            self._discard(place)
        try:
            draft.folder.rename(place)
        except OSError as exc:
            if exc.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            # Somebody published the same content in between, which is as good.

    def _discard(self, place: Path) -> None:
        trash = self.folder / f"{_TRASH}{secrets.token_hex(8)}"
        with contextlib.suppress(FileNotFoundError):
            place.rename(trash)
            remove_if_abandoned(trash)  # or a cleaner has begun to do so


def _write_blobs(files: list[TreeFile], reader: ObjectReader, draft: Draft, notes: Notes) -> None:
    # Sorted, so that the files of one folder come together whatever the order of a hostile tree is.
    files = sorted(files, key=lambda file: file.path)
    # Most files of a push are those of the commit before; they are linked without being read.
    known = {file.path: content for file in files if (content := _known_content(file, draft))}
    blobs = reader.read_all([file.object_id for file in files if file.path not in known])
    for number, file in enumerate(files):
        if number == len(files) // 2:
            fail_point("blob.half")
        content = known.get(file.path) or _write_blob(file, next(blobs), draft)
        if file.path in known:
            draft.link(file.path, content.sha256, file.size, is_executable=file.is_executable)
        if content.is_lfs:
            notes.unusual(file.path, "is a pointer of Git LFS; the content it stands for is not fetched")


def _known_content(file: TreeFile, draft: Draft) -> BlobContent | None:
    content = known_content(file.object_id)
    if content and draft.can_link(content.sha256, is_executable=file.is_executable):
        return content
    return None


def _write_blob(file: TreeFile, blob: GitObject, draft: Draft) -> BlobContent:
    if blob.kind != "blob" or len(blob.data) != file.size:
        raise SnapshotError(f"The object {blob.id} is not what the tree says.")
    sha256 = draft.add(file.path, blob.data, is_executable=file.is_executable)
    content = BlobContent(sha256=sha256, is_lfs=blob.data.startswith(_LFS_MARK))
    remember_content(file.object_id, content)
    return content
