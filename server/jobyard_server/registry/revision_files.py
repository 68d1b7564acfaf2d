"""The files of any published revision, from its snapshot or from the mirror; never from the network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from jobyard_repos.errors import ReposError
from jobyard_repos.history import changed_files, read_files, tree_files
from jobyard_repos.limits import TreeLimits
from jobyard_server.registry.errors import FilesGone
from jobyard_server.registry.models import Revision
from jobyard_server.registry.places import mirror_place, snapshot_store
from jobyard_server.registry.publish_terms import FileChange, compare_files

LARGEST_BYTES = 1_000_000  #: Of a file that is shown.


class RevisionFiles:
    """
    Args:
        revision: With its source and the repository of that loaded.
    """

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._store = snapshot_store()

    @cached_property
    def in_snapshot(self) -> Mapping[str, str]:
        """SHA-256 by path, while the snapshot is on this host; else empty."""
        return self._store.files(self._revision.snapshot_digest)

    def read(self, path: str) -> bytes:
        """
        The content of a file.

        Raises:
            FilesGone: It is not there, too large, or not on this host any more.
        """
        if path in self.in_snapshot:
            place = self._store.path(self._revision.snapshot_digest) / path
            try:
                if place.stat().st_size <= LARGEST_BYTES:
                    return place.read_bytes()
            except OSError as exc:
                raise FilesGone(self._sentence(path)) from exc
            raise FilesGone(f"{path} is too large to be shown.")
        return self._read_from_mirror(path)

    def _read_from_mirror(self, path: str) -> bytes:
        repository = self._revision.source.git_repository
        if repository is None or self.in_snapshot:
            raise FilesGone(self._sentence(path))
        mirror = mirror_place(repository)
        try:
            blobs = tree_files(mirror, self._revision.identifier, TreeLimits())
            if path not in blobs:
                raise FilesGone(self._sentence(path))
            return read_files(mirror, [blobs[path]], largest_bytes=LARGEST_BYTES)[0]
        except (ReposError, OSError) as exc:
            raise FilesGone(self._sentence(path)) from exc

    def _sentence(self, path: str) -> str:
        return f"{path} of the revision {self._revision.short} is not on this machine (any more)."


def changed_between(old: Revision, new: Revision) -> list[FileChange]:
    """
    What differs between two revisions of one source; with renames where git knows them.

    Raises:
        FilesGone: The files of one of them are not on this host any more.
    """
    if old.pk == new.pk:
        return []
    repository = new.source.git_repository
    if repository is not None and mirror_place(repository).is_dir():
        try:
            found = changed_files(mirror_place(repository), old.identifier, new.identifier)
        except (ReposError, OSError):
            found = []
        if found:
            return [FileChange(kind=item.kind, path=item.path, old_path=item.old_path) for item in found]
    before, after = RevisionFiles(old).in_snapshot, RevisionFiles(new).in_snapshot
    if not before or not after:
        gone = old if not before else new
        raise FilesGone(f"The files of the revision {gone.short} are not on this machine any more.")
    return compare_files(before, after)
