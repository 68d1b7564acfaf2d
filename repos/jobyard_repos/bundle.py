"""
A snapshot on its way to another machine: one compressed stream that proves itself by its digest.

::

    mark, length of the manifest (8 bytes, big-endian), manifest, contents in its order

The receiver knows the digest from the registry and believes nothing else: the manifest must have that
digest, and every file the size and hash that the manifest says. Nothing is read beyond that, so a stream
cannot fill the memory or the disk of whoever takes it.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator

from jobyard_repos.draft import MANIFEST, TREE, Draft
from jobyard_repos.errors import SnapshotError, UnknownSnapshot
from jobyard_repos.limits import TreeLimits
from jobyard_repos.manifest import ManifestEntry, digest_of, read_manifest
from jobyard_repos.notes import Notes
from jobyard_repos.paths import MAX_PATH_BYTES, hostile
from jobyard_repos.plain_files import OPEN_FOLDER, read_file
from jobyard_repos.snapshot import Snapshot, SnapshotStore

PIECE_BYTES = 1 << 20  #: About the size of what ``pack`` gives at once.
_MARK = b"jobyard bundle 1\n"
_LENGTH_BYTES = 8
_LINE_BYTES = MAX_PATH_BYTES + 100  # mark, hash and size beside the path
_LEVEL = (
    1  # text shrinks to a third in any case; a second of processor for each run's start is not worth more
)


def pack(store: SnapshotStore, digest: str) -> Iterator[bytes]:
    """
    The stream, in pieces of about ``PIECE_BYTES``.

    Raises:
        UnknownSnapshot: It is not here.
        SnapshotError: It was changed on disk.
    """
    place = store.path(digest).parent
    try:
        root = os.open(place, OPEN_FOLDER)
    except OSError as exc:
        raise UnknownSnapshot(f"The snapshot {digest[:12]} is not here.") from exc
    try:
        yield from _compressed(_contents(root, digest))
    except (OSError, ValueError) as exc:
        raise SnapshotError(f"The snapshot {digest[:12]} cannot be read ({exc}).") from exc
    finally:
        os.close(root)


def unpack(store: SnapshotStore, pieces: Iterable[bytes], digest: str, limits: TreeLimits) -> Snapshot:
    """
    Put the snapshot into *store*, completely or not at all.

    Args:
        store: Of this machine.
        pieces: What ``pack`` gave, cut anyhow.
        digest: What it must turn out to be.
        limits: Those of trees; checked before anything is written.

    Raises:
        SnapshotError: It is damaged, breaks a limit, or is another one; nothing is left behind.
    """
    stream = _Stream(pieces)
    if stream.read(len(_MARK)) != _MARK:
        raise SnapshotError("This is no bundle of a snapshot, or one of another version of jobyard.")
    entries = _entries(stream, digest, limits)

    def write(draft: Draft) -> None:
        for entry in entries:
            sha256 = draft.add(entry.path, stream.read(entry.size), is_executable=entry.is_executable)
            if sha256 != entry.sha256:
                raise SnapshotError(f"The bundle of the snapshot {digest[:12]} is damaged.")
        stream.check_end()

    return store.add(write, Notes())


def _contents(root: int, digest: str) -> Iterator[bytes]:
    most = 2**62  # what is read is held against the manifest, and the manifest against its digest
    _, manifest = read_file(MANIFEST, root, most)
    if digest_of(manifest) != digest:
        raise ValueError("its manifest was changed")
    yield _MARK + len(manifest).to_bytes(_LENGTH_BYTES) + manifest
    tree = os.open(TREE, OPEN_FOLDER, dir_fd=root)
    try:
        for entry in read_manifest(manifest):
            _, data = read_file(entry.path, tree, entry.size + 1)
            if len(data) != entry.size:
                raise ValueError(f"{entry.path} was changed")
            yield data
    finally:
        os.close(tree)


def _compressed(contents: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL)
    piece = bytearray()
    for data in contents:
        piece += packer.compress(data)
        while len(piece) >= PIECE_BYTES:
            yield bytes(piece[:PIECE_BYTES])
            del piece[:PIECE_BYTES]
    yield bytes(piece + packer.flush())


def _entries(stream: _Stream, digest: str, limits: TreeLimits) -> list[ManifestEntry]:
    length = int.from_bytes(stream.read(_LENGTH_BYTES))
    if length > (limits.files + 1) * _LINE_BYTES:
        raise SnapshotError("The bundle holds more files than this machine takes.")
    manifest = stream.read(length)
    if digest_of(manifest) != digest:
        raise SnapshotError(f"The bundle is not that of the snapshot {digest[:12]}.")
    entries = read_manifest(manifest)
    too_many = len(entries) > limits.files or sum(entry.size for entry in entries) > limits.total_bytes
    if too_many or any(entry.size > limits.file_bytes for entry in entries):
        raise SnapshotError(f"The snapshot {digest[:12]} is larger than this machine takes.")
    for entry in entries:
        if reason := hostile(entry.path):
            raise SnapshotError(f"The snapshot {digest[:12]} has a file that is refused: {reason}.")
    return entries


class _Stream:
    """What comes out of the pieces, never more at once than is asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._unpacker = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """
        Raises:
            SnapshotError: It ends before, or is no such stream.
        """
        found = bytearray()
        try:
            while len(found) < size:
                data = self._unpacker.unconsumed_tail or next(self._pieces, b"")
                if not data:
                    raise SnapshotError("The bundle ends too early.")
                found += self._unpacker.decompress(data, size - len(found))
        except zlib.error as exc:
            raise SnapshotError("The bundle is damaged.") from exc
        return bytes(found)

    def check_end(self) -> None:
        try:
            rest = [self._unpacker.unconsumed_tail, *self._pieces]
            extra = b"".join(self._unpacker.decompress(data, 1) for data in rest if data)
        except zlib.error as exc:
            raise SnapshotError("The bundle is damaged.") from exc
        if extra or not self._unpacker.eof or self._unpacker.unused_data:
            raise SnapshotError("The bundle holds more than its snapshot.")
