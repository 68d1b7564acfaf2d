"""Snapshots on their way to another machine."""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from jobyard_repos.bundle import PIECE_BYTES, pack, unpack
from jobyard_repos.errors import SnapshotError, UnknownSnapshot
from jobyard_repos.folder import take_folder
from jobyard_repos.manifest import ManifestEntry, digest_of, write_manifest
from jobyard_repos.snapshot import Snapshot, SnapshotStore, TreeLimits

LIMITS = TreeLimits()


@pytest.fixture
def packed(store: SnapshotStore, tmp_path: Path) -> Snapshot:
    root = tmp_path / "root"
    (root / "pkg").mkdir(parents=True)
    (root / "a.py").write_text("A = 1\n")
    (root / "pkg" / "__init__.py").write_text("")
    (root / "pkg" / "noise.bin").write_bytes(os.urandom(3 * PIECE_BYTES))
    (root / "pkg-run.sh").write_text("#!/bin/sh\n")
    (root / "pkg-run.sh").chmod(0o755)
    return take_folder(root, store, LIMITS)


@pytest.fixture
def other(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "other-host" / "snapshots")


def test_f51_what_arrives_is_exactly_what_was_sent(store, packed, other):
    pieces = list(pack(store, packed.digest))

    arrived = unpack(other, pieces, packed.digest, LIMITS)

    assert (arrived.digest, arrived.files) == (packed.digest, packed.files)
    assert other.verify(packed.digest)
    assert max(map(len, pieces)) <= 2 * PIECE_BYTES
    assert len(pieces) > 2
    assert unpack(other, pieces, packed.digest, LIMITS).digest == packed.digest  # again, for nothing


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-3],
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        lambda data: data + b"more",
        lambda _data: b"",
        lambda _data: b"no bundle",
        lambda data: zlib.compress(zlib.decompress(data) + b"x"),
        lambda _data: zlib.compress(b"jobyard bundle 1\n" + (2**60).to_bytes(8)),
    ],
)
def test_f51_a_damaged_bundle_leaves_nothing_behind(store, packed, other, change):
    damaged = change(b"".join(pack(store, packed.digest)))

    with pytest.raises(SnapshotError):
        unpack(other, [damaged], packed.digest, LIMITS)

    assert other.digests() == []
    assert not other.folder.is_dir() or not list(other.folder.glob(".draft-*"))


def test_f51_another_snapshot_is_not_taken_for_this_one(store, packed, other):
    with pytest.raises(SnapshotError, match="is not that of the snapshot"):
        unpack(other, pack(store, packed.digest), "0" * 64, LIMITS)


@pytest.mark.parametrize("limit", [{"files": 2}, {"total_bytes": 1000}, {"file_bytes": 1000}])
def test_f51_limits_are_checked_before_anything_is_written(store, packed, other, limit):
    with pytest.raises(SnapshotError, match="than this machine takes"):
        unpack(other, pack(store, packed.digest), packed.digest, replace(LIMITS, **limit))

    assert not other.folder.exists()


@pytest.mark.parametrize("path", ["../escape", "/etc/cron.d/x", "a/../../x", ".git/hooks/post-merge"])
def test_f51_paths_that_lead_elsewhere_are_refused(other, path):
    entry = ManifestEntry(path=path, is_executable=False, size=0, sha256="e3b0c442" + "0" * 56)
    manifest = write_manifest([entry])
    bundle = zlib.compress(b"jobyard bundle 1\n" + len(manifest).to_bytes(8) + manifest)

    with pytest.raises(SnapshotError, match="refused"):
        unpack(other, [bundle], digest_of(manifest), LIMITS)


def test_f51_what_grows_a_thousandfold_is_not_unpacked_beyond_what_was_announced(other):
    entry = ManifestEntry(path="a.py", is_executable=False, size=4, sha256="0" * 64)
    manifest = write_manifest([entry])
    bomb = b"jobyard bundle 1\n" + len(manifest).to_bytes(8) + manifest + bytes(100 * PIECE_BYTES)

    with pytest.raises(SnapshotError):
        unpack(other, [zlib.compress(bomb, 9)], digest_of(manifest), LIMITS)


def test_f51_a_snapshot_that_is_not_here_or_was_changed_is_not_packed(store, packed):
    with pytest.raises(UnknownSnapshot):
        list(pack(store, "0" * 64))
    file = packed.path / "a.py"
    file.chmod(0o600)
    file.write_text("A = 100000\n")

    with pytest.raises(SnapshotError, match=r"a\.py was changed"):
        list(pack(store, packed.digest))
