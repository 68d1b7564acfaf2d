"""Commits become snapshots: complete, immutable, found again, repaired, removed."""

from __future__ import annotations

import concurrent.futures
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.repos.conftest import Fetch
from tests.repos.repository import Content, Repository

from jobyard_repos import draft as draft_module
from jobyard_repos.draft import Draft
from jobyard_repos.errors import RevisionNotFound, SnapshotError, TreeRefused, UnknownSnapshot
from jobyard_repos.mirror import Mirror
from jobyard_repos.notes import Notes
from jobyard_repos.snapshot import Snapshot, SnapshotStore, TreeLimits

Take = Callable[..., Snapshot]  # commits files, fetches them and returns their snapshot
Damage = Callable[[Path], None]
FILES: dict[str, Content] = {
    "README.md": "read me",
    "jobs/__init__.py": "",
    "jobs/hello.py": "print('hello')\n",
    "jobs/deep/er/data.bin": bytes(range(256)),
    "run.sh": ("100755", b"#!/bin/sh\n"),
}


@pytest.fixture
def take(remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore) -> Take:
    def call(files: dict[str, Content], limits: TreeLimits = TreeLimits()) -> Snapshot:  # noqa: B008  # frozen
        remote.commit(files)
        return store.add_commit(mirror, fetch().id, limits)

    return call


def _content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_a_snapshot_is_the_whole_tree(take: Take, store: SnapshotStore) -> None:
    snapshot = take(FILES)

    assert _content(snapshot.path) == {
        "README.md": b"read me",
        "jobs/__init__.py": b"",
        "jobs/hello.py": b"print('hello')\n",
        "jobs/deep/er/data.bin": bytes(range(256)),
        "run.sh": b"#!/bin/sh\n",
    }
    assert (snapshot.file_count, snapshot.size_bytes, snapshot.notes) == (5, 288, [])
    assert snapshot.path == store.path(snapshot.digest)
    assert store.has(snapshot.digest)
    assert store.verify(snapshot.digest)
    assert store.digests() == [snapshot.digest]


def test_everything_is_read_only_under_any_umask(take: Take) -> None:
    before = os.umask(0o077)
    try:
        snapshot = take(FILES)
    finally:
        os.umask(before)

    for path in [snapshot.path, *snapshot.path.rglob("*")]:
        executable = path.is_dir() or path.name == "run.sh"
        assert stat.S_IMODE(path.stat().st_mode) == (0o555 if executable else 0o444)


def test_the_digest_is_that_of_paths_modes_and_contents(take: Take, store: SnapshotStore) -> None:
    snapshot = take({"b.py": "2", "a/x.sh": ("100755", b"1")})

    one, two = (hashlib.sha256(text).hexdigest() for text in (b"1", b"2"))
    manifest = f"jobyard snapshot 1\nx {one} 1 a/x.sh\n- {two} 1 b.py\n"
    assert snapshot.digest == hashlib.sha256(manifest.encode()).hexdigest()


def test_equal_content_is_one_snapshot_whatever_the_commit_is(take: Take, store: SnapshotStore) -> None:
    first = take(FILES)
    inode = first.path.stat().st_ino
    take({"other.py": ""})

    again = take(FILES)

    assert again == first
    assert again.path.stat().st_ino == inode
    assert len(store.digests()) == 2


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "2"},
        {"b.py": "1"},
        {"a.py": ("100755", b"1")},
        {"a.py": "1", "b.py": ""},
    ],
)
def test_any_difference_is_another_snapshot(take: Take, files: dict[str, Content]) -> None:
    assert take({"a.py": "1"}).digest != take(files).digest


def test_an_empty_tree_is_a_snapshot_too(take: Take, store: SnapshotStore) -> None:
    snapshot = take({})

    assert (snapshot.file_count, list(snapshot.path.iterdir())) == (0, [])
    assert store.verify(snapshot.digest)


def test_a_push_writes_only_the_files_that_changed(take: Take) -> None:
    first, second = take({"a.py": "1", "b.py": "2"}), take({"a.py": "1", "b.py": "3"})

    assert (first.path / "a.py").samefile(second.path / "a.py")
    assert (first.path / "b.py").read_text() == "2"


def test_a_mode_is_not_shared(take: Take) -> None:
    plain, executable = take({"a.py": "1"}), take({"a.py": ("100755", b"1")})

    assert stat.S_IMODE((plain.path / "a.py").stat().st_mode) == 0o444
    assert stat.S_IMODE((executable.path / "a.py").stat().st_mode) == 0o555


def test_a_file_system_without_links_gets_copies(
    take: Take, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    first, second = take(FILES), take({**FILES, "b.py": "2"})

    assert not (first.path / "README.md").samefile(second.path / "README.md")
    assert store.verify(second.digest)


def _change(path: Path) -> None:
    path.chmod(0o644)
    path.write_text("print('HELLO')\n")
    path.chmod(0o444)


def _truncate(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, 0)
    path.chmod(0o444)


def _remove(path: Path) -> None:
    path.unlink()


def _open_up(path: Path) -> None:
    path.chmod(0o644)


def _add(path: Path) -> None:
    path.with_name("evil.py").write_text("")


def _add_folder(path: Path) -> None:
    (path.parent / "__pycache__").mkdir()


def _replace_by_link(path: Path) -> None:
    path.rename(path.with_name("x"))
    path.symlink_to("x")


def _replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _replace_folder_by_link(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to("moved")


def _change_manifest(path: Path) -> None:
    manifest = path.parent.parent.parent / "manifest"
    manifest.chmod(0o644)
    manifest.write_text("jobyard snapshot 1\n")


def _lose_manifest(path: Path) -> None:
    (path.parent.parent.parent / "manifest").unlink()


@pytest.mark.parametrize(
    "damage",
    [
        _change,
        _truncate,
        _remove,
        _open_up,
        _add,
        _add_folder,
        _replace_by_link,
        _replace_by_pipe,
        _replace_folder_by_link,
        _change_manifest,
        _lose_manifest,
    ],
)
def test_f44_damage_is_found_and_repaired_from_the_mirror(
    take: Take, store: SnapshotStore, mirror: Mirror, fetch: Fetch, damage: Damage
) -> None:
    good = take(FILES)
    for folder in (good.path.parent, good.path, good.path / "jobs"):
        folder.chmod(0o755)
    damage(good.path / "jobs" / "hello.py")
    for folder in (good.path.parent, good.path):
        folder.chmod(0o555)
    if (good.path / "jobs").is_dir() and not (good.path / "jobs").is_symlink():
        (good.path / "jobs").chmod(0o555)

    assert store.verify(good.digest) is False

    again = store.add_commit(mirror, fetch().id, TreeLimits())
    assert again.digest == good.digest
    assert store.verify(good.digest)


def test_a_damaged_shared_file_does_not_spread(take: Take, store: SnapshotStore) -> None:
    first = take({"a.py": "1"})
    _truncate(first.path / "a.py")

    second = take({"a.py": "1", "b.py": "2"})

    assert (second.path / "a.py").read_text() == "1"
    assert store.verify(second.digest)
    assert not store.verify(first.digest)


def test_a_removed_snapshot_is_gone_and_others_are_not(take: Take, store: SnapshotStore) -> None:
    first, second = take(FILES), take({**FILES, "b.py": "2"})

    store.remove(first.digest)
    store.remove(first.digest)

    assert store.digests() == [second.digest]
    assert not store.has(first.digest)
    assert store.verify(second.digest)


def test_files_that_no_snapshot_needs_are_removed_with_the_last_one(take: Take, store: SnapshotStore) -> None:
    snapshot = take(FILES)

    store.remove(snapshot.digest)

    assert [path.name for path in store.folder.iterdir()] == [".files"]
    assert list((store.folder / ".files").iterdir()) == []


def test_nothing_is_left_behind_when_writing_fails(
    take: Take, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(draft_module, "_write_file", full)

    with pytest.raises(SnapshotError, match="No space left on device"):
        take(FILES)

    assert store.digests() == []
    assert [path.name for path in store.folder.iterdir()] == [".files"]


@pytest.mark.parametrize("name", [".draft-1", ".trash-1"])
def test_what_a_crash_left_behind_is_cleaned(store: SnapshotStore, take: Take, name: str) -> None:
    snapshot = take(FILES)
    left = store.folder / name / "tree"
    left.mkdir(parents=True)
    (left / "half.py").write_text("half")
    left.chmod(0o555)
    (store.folder / ".files" / ("0" * 64)).write_text("unused")

    store.clean_drafts()

    assert {path.name for path in store.folder.iterdir()} == {".files", snapshot.digest}
    assert store.verify(snapshot.digest)
    assert len(list((store.folder / ".files").iterdir())) == 5


def test_cleaning_leaves_alone_who_is_at_work(store: SnapshotStore) -> None:
    def write(draft: Draft) -> None:
        draft.add("a.py", b"1", is_executable=False)
        store.clean_drafts()
        draft.add("b.py", b"2", is_executable=False)

    snapshot = store.add(write, Notes())

    assert store.verify(snapshot.digest)


def test_cleaning_a_store_that_is_not_there_is_fine(store: SnapshotStore) -> None:
    store.clean_drafts()
    store.remove("0" * 64)

    assert store.digests() == []
    assert not store.has("0" * 64)
    assert not store.verify("0" * 64)


def test_writers_of_equal_content_do_not_disturb_each_other(
    take: Take, store: SnapshotStore, mirror: Mirror, fetch: Fetch
) -> None:
    take(FILES)
    commit = fetch().id
    store.remove(store.digests()[0])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.add_commit(mirror, commit, TreeLimits()).digest, range(16)))

    assert len(set(found)) == 1
    assert store.verify(found[0])
    assert {path.name for path in store.folder.iterdir()} == {".files", found[0]}


@pytest.mark.parametrize("digest", ["", "..", "../x", "0" * 63, "A" * 64, "0" * 64 + "\n", "a/b"])
def test_only_a_digest_names_a_snapshot(store: SnapshotStore, digest: str) -> None:
    for use in (store.path, store.has, store.verify, store.remove):
        with pytest.raises(UnknownSnapshot):
            use(digest)


def test_a_commit_that_the_mirror_lacks_is_not_found(
    take: Take, store: SnapshotStore, mirror: Mirror
) -> None:
    take(FILES)

    with pytest.raises(RevisionNotFound, match="fetch again"):
        store.add_commit(mirror, "0" * 40, TreeLimits())
    assert len(store.digests()) == 1


def test_a_mirror_that_is_gone_asks_for_a_fetch(store: SnapshotStore, mirror: Mirror) -> None:
    with pytest.raises(RevisionNotFound, match="is not there; fetch again"):
        store.add_commit(mirror, "1" * 40, TreeLimits())


@pytest.mark.parametrize("text", ["", "main", "HEAD", "--help", "0" * 39, "A" * 40])
def test_only_a_full_commit_id_names_a_commit(store: SnapshotStore, mirror: Mirror, text: str) -> None:
    with pytest.raises(RevisionNotFound, match="not a full commit id"):
        store.add_commit(mirror, text, TreeLimits())


def test_f61_f62_links_and_submodules_are_left_out_with_a_note(take: Take) -> None:
    snapshot = take(
        {
            "a.py": "1",
            "link.py": ("120000", b"/etc/passwd"),
            "up": ("120000", b".."),
            "sub": ("160000", b"1" * 40),
            ".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = http://127.0.0.1:1/x\n',
        }
    )

    assert set(_content(snapshot.path)) == {"a.py", ".gitmodules"}
    assert snapshot.notes == [
        "link.py is left out: it is a symbolic link.",
        "sub is left out: it is a submodule.",
        "up is left out: it is a symbolic link.",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "jobs/a.pyc",
        "jobs/__pycache__/a.py",
        "evil.pth",
        "sitecustomize.py",
        "usercustomize.py",
        "fast.so",
        "fast.pyd",
        "aux.py",
        "com1",
        "a:b",
        "a\\b",
        "end.",
        "end ",
        "line\nbreak.py",
        "\x1b[31mred.py",
        "tab\there.py",
        "\u202egnp.py",
        "x" * 256,
    ],
)
def test_f64_unwanted_names_are_left_out_with_a_note(take: Take, path: str) -> None:
    snapshot = take({"a.py": "1", path: "2"})

    assert set(_content(snapshot.path)) == {"a.py"}
    assert len(snapshot.notes) == 1
    assert snapshot.notes[0].isprintable()


def test_mt14_attributes_of_the_repository_change_nothing(take: Take) -> None:
    snapshot = take(
        {".gitattributes": "* text eol=crlf ident export-ignore filter=lfs\n", "a.py": "# $Id$\nx\n"}
    )

    assert (snapshot.path / "a.py").read_bytes() == b"# $Id$\nx\n"


def test_mt14_a_pointer_of_git_lfs_stays_text_with_a_note(take: Take) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    snapshot = take({"big.bin": pointer})

    assert (snapshot.path / "big.bin").read_text() == pointer
    assert "Git LFS" in snapshot.notes[0]


def test_a_file_beyond_the_limit_is_left_out_with_a_note(take: Take) -> None:
    snapshot = take({"a.py": "1", "image.bin": b"x" * 101}, TreeLimits(file_bytes=100))

    assert set(_content(snapshot.path)) == {"a.py"}
    assert snapshot.notes == ["image.bin is left out: it has 101 bytes; the limit is 100."]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [(TreeLimits(files=2), "more than 2 files"), (TreeLimits(total_bytes=4), "more than 4 bytes together")],
)
def test_mt03_a_tree_beyond_a_limit_is_refused_before_anything_is_written(
    take: Take, store: SnapshotStore, limits: TreeLimits, sentence: str
) -> None:
    with pytest.raises(TreeRefused, match=sentence):
        take({"a": "12", "b": "12", "c": "12"}, limits)
    assert not store.folder.exists()


def test_many_notes_are_counted(take: Take) -> None:
    snapshot = take({f"{number:03}.pyc": "" for number in range(150)})

    assert len(snapshot.notes) == 101
    assert snapshot.notes[-1] == "There are 50 more notes like these."


def test_f77_a_snapshot_outlives_its_mirror(take: Take, store: SnapshotStore, mirror: Mirror) -> None:
    snapshot = take(FILES)

    mirror.remove()

    assert store.verify(snapshot.digest)
