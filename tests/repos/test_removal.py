"""Trees of any shape go away, and nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobyard_repos.removal import remove


def test_a_read_only_tree_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    for path in (folder / "file", folder, folder.parent, tmp_path / "a"):
        path.chmod(0o444 if path.is_file() else 0o555)

    remove(tmp_path / "a")

    assert list(tmp_path.iterdir()) == []


def test_mt17_links_are_removed_and_their_targets_stay(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    keep.chmod(0o750)  # whatever the umask
    (keep / "file").write_text("x")
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "to_folder").symlink_to(keep)
    (tree / "sub" / "to_file").symlink_to(keep / "file")
    (tree / "sub" / "up").symlink_to("..")
    (tree / "dangling").symlink_to("nothing")
    os.mkfifo(tree / "pipe")

    remove(tree)

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "keep"]
    assert keep.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("kind", ["file", "link", "link_to_folder", "missing", "missing_parent"])
def test_whatever_has_the_name_goes_away(tmp_path: Path, kind: str) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    path = tmp_path / "x"
    if kind == "file":
        path.write_text("x")
    elif kind == "link":
        path.symlink_to("nothing")
    elif kind == "link_to_folder":
        path.symlink_to(keep)
    elif kind == "missing_parent":
        path = tmp_path / "no" / "x"

    remove(path)

    assert [item.name for item in tmp_path.iterdir()] == ["keep"]


def test_depth_needs_neither_stack_nor_descriptors(tmp_path: Path) -> None:
    top = tmp_path / "deep"
    top.mkdir()
    current = os.open(top, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=current)
        below = os.open("d", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = below
    os.close(current)

    remove(top)

    assert not top.exists()
