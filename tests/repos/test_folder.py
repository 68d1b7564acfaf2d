"""A folder that people edit in place becomes snapshots."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.repos.conftest import Fetch
from tests.repos.repository import Repository

from jobyard_repos import folder as folder_module
from jobyard_repos import plain_files
from jobyard_repos.errors import SnapshotError, TreeRefused
from jobyard_repos.folder import folder_signature, take_folder
from jobyard_repos.mirror import Mirror
from jobyard_repos.snapshot import Snapshot, SnapshotStore, TreeLimits


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "jobs_root"
    folder.mkdir()
    return folder


def _write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _names(snapshot: Snapshot) -> set[str]:
    return {path.relative_to(snapshot.path).as_posix() for path in snapshot.path.rglob("*") if path.is_file()}


def test_a_folder_becomes_a_snapshot(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="print('hello')", lib__racks_py="x = 1")

    snapshot = take_folder(root, store, TreeLimits())

    assert _names(snapshot) == {"hello.py", "lib/racks.py"}
    assert (snapshot.path / "lib/racks.py").read_text() == "x = 1"
    assert stat.S_IMODE((snapshot.path / "hello.py").stat().st_mode) == 0o444
    assert snapshot.notes == []
    assert store.verify(snapshot.digest)


def test_the_same_content_in_a_commit_has_the_same_digest(
    root: Path, store: SnapshotStore, remote: Repository, fetch: Fetch, mirror: Mirror
) -> None:
    _write(root, hello_py="1", lib__racks_py="2")
    (root / "run.sh").write_text("3")
    (root / "run.sh").chmod(0o750)
    remote.commit({"hello.py": "1", "lib/racks.py": "2", "run.sh": ("100755", b"3")})

    folder, commit = (
        take_folder(root, store, TreeLimits()),
        store.add_commit(mirror, fetch().id, TreeLimits()),
    )

    assert folder.digest == commit.digest


def test_an_edit_makes_a_new_snapshot_and_leaves_the_old_one(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="1", other_py="2")
    before = take_folder(root, store, TreeLimits())

    _write(root, hello_py="changed")
    after = take_folder(root, store, TreeLimits())

    assert before.digest != after.digest
    assert (before.path / "hello.py").read_text() == "1"
    assert (after.path / "hello.py").read_text() == "changed"
    assert take_folder(root, store, TreeLimits()) == after


def test_what_editors_and_python_make_is_passed_over_in_silence(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="1")
    for name in (
        ".hello.py.swp",
        ".git/config",
        "__pycache__/hello.cpython-311.pyc",
        "old.pyc",
        "lib/.x/y.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")

    snapshot = take_folder(root, store, TreeLimits())

    assert _names(snapshot) == {"hello.py"}
    assert snapshot.notes == []


def test_unwanted_files_are_left_out_with_a_note(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="1")
    (root / "evil.pth").write_text("import os")
    (root / "a:b.py").write_text("2")
    (root / "big.bin").write_bytes(b"x" * 101)

    snapshot = take_folder(root, store, TreeLimits(file_bytes=100))

    assert _names(snapshot) == {"hello.py"}
    assert [note.partition(" ")[0] for note in snapshot.notes] == ["a:b.py", "big.bin", "evil.pth"]


def test_links_count_as_long_as_they_stay_inside(root: Path, store: SnapshotStore, tmp_path: Path) -> None:
    _write(root, lib__racks_py="x = 1")
    (tmp_path / "secret.py").write_text("token")
    (tmp_path / "secrets").mkdir()
    (root / "racks.py").symlink_to("lib/racks.py")
    (root / "same").symlink_to(root / "lib")
    (root / "out.py").symlink_to(tmp_path / "secret.py")
    (root / "up.py").symlink_to("../secret.py")
    (root / "outside").symlink_to(tmp_path / "secrets")
    (root / "dangling.py").symlink_to("nothing.py")
    (root / "loop.py").symlink_to("loop.py")
    (root / "lib" / "again").symlink_to("..")

    snapshot = take_folder(root, store, TreeLimits())

    assert _names(snapshot) == {"lib/racks.py", "racks.py", "same/racks.py"}
    assert not (snapshot.path / "racks.py").is_symlink()
    assert {note.partition(" ")[0] for note in snapshot.notes} == {
        "out.py",
        "up.py",
        "outside",
        "dangling.py",
        "loop.py",
        "lib/again",
        "same/again",
    }


def test_a_mounted_config_map_works(root: Path, store: SnapshotStore) -> None:
    """Kubernetes shows files as links into a hidden folder and replaces that by one rename."""
    (root / "..2024").mkdir()
    (root / "..2024" / "hello.py").write_text("1")
    (root / "..data").symlink_to("..2024")
    (root / "hello.py").symlink_to("..data/hello.py")

    snapshot = take_folder(root, store, TreeLimits())

    assert (snapshot.path / "hello.py").read_text() == "1"
    assert _names(snapshot) == {"hello.py"}


def test_the_root_itself_may_be_a_link(root: Path, store: SnapshotStore, tmp_path: Path) -> None:
    _write(root, hello_py="1")
    (tmp_path / "link").symlink_to(root)

    assert _names(take_folder(tmp_path / "link", store, TreeLimits())) == {"hello.py"}


def test_pipes_and_sockets_are_left_out(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="1")
    os.mkfifo(root / "pipe.py")

    snapshot = take_folder(root, store, TreeLimits())

    assert _names(snapshot) == {"hello.py"}
    assert snapshot.notes == ["pipe.py is left out: it is neither a file nor a folder."]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_left_out(root: Path, store: SnapshotStore) -> None:
    _write(root, hello_py="1", closed_py="2")
    (root / "closed.py").chmod(0)

    assert "cannot be read" in take_folder(root, store, TreeLimits()).notes[0]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    root: Path, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(root, hello_py="first")
    read_all, calls = plain_files.read_all, iter(range(100))

    def read_slowly(descriptor: int, most: int) -> bytes:
        data = read_all(descriptor, most)
        if next(calls) == 0:
            (root / "hello.py").write_text("second version")
        return data

    monkeypatch.setattr(folder_module, "read_all", read_slowly)

    snapshot = take_folder(root, store, TreeLimits())

    assert (snapshot.path / "hello.py").read_text() == "second version"


def test_a_file_that_never_rests_is_an_error(
    root: Path, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(root, hello_py="")
    read_all = plain_files.read_all

    def read_slowly(descriptor: int, most: int) -> bytes:
        data = read_all(descriptor, most)
        with (root / "hello.py").open("a") as file:
            file.write("more")
        return data

    monkeypatch.setattr(folder_module, "read_all", read_slowly)

    with pytest.raises(SnapshotError, match=r"hello\.py keeps changing"):
        take_folder(root, store, TreeLimits())
    assert store.digests() == []


def test_a_file_that_goes_away_meanwhile_is_not_missed(
    root: Path, store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(root, hello_py="1", gone_py="2")
    select = folder_module._select

    def select_and_remove(*args: object) -> object:
        found = select(*args)  # type: ignore[arg-type]  # passed on
        (root / "gone.py").unlink()
        return found

    monkeypatch.setattr(folder_module, "_select", select_and_remove)

    assert _names(take_folder(root, store, TreeLimits())) == {"hello.py"}


def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(
    root: Path, store: SnapshotStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(root, lib__racks_py="1")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "racks.py").write_text("secret")
    select = folder_module._select

    def select_and_swap(*args: object) -> object:
        found = select(*args)  # type: ignore[arg-type]  # passed on
        (root / "lib").rename(root / ".lib")
        (root / "lib").symlink_to(tmp_path / "other")
        return found

    monkeypatch.setattr(folder_module, "_select", select_and_swap)

    assert _names(take_folder(root, store, TreeLimits())) == set()


def test_a_folder_that_is_edited_all_the_time_never_gives_half_a_file(
    root: Path, store: SnapshotStore
) -> None:
    stop = threading.Event()
    whole = {letter * 50_000 for letter in "abcdef"}
    _write(root, hello_py="a" * 50_000)

    def edit() -> None:
        while not stop.is_set():
            for text in sorted(whole):
                (root / ".new").write_text(text)
                (root / ".new").rename(root / "hello.py")

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for _ in range(30):
            snapshot = take_folder(root, store, TreeLimits())
            assert (snapshot.path / "hello.py").read_text() in whole
    finally:
        stop.set()
        editor.join()


@pytest.mark.parametrize("limits", [TreeLimits(files=2), TreeLimits(total_bytes=5)])
def test_a_folder_beyond_a_limit_is_refused(root: Path, store: SnapshotStore, limits: TreeLimits) -> None:
    _write(root, a_py="12", b_py="12", c_py="12")

    with pytest.raises(TreeRefused, match="more than"):
        take_folder(root, store, limits)


def test_links_that_multiply_end_at_the_limit(root: Path, store: SnapshotStore) -> None:
    folder = root
    for level in range(12):
        (folder / "next").mkdir()
        (folder / "f.py").write_text(str(level))
        (folder / "twice").symlink_to("next")
        folder = folder / "next"

    with pytest.raises(TreeRefused, match="more than 500 files"):
        take_folder(root, store, TreeLimits(files=500))


def test_a_folder_that_is_not_there_is_named(root: Path, store: SnapshotStore) -> None:
    with pytest.raises(SnapshotError, match=f"The folder {root}/x cannot be read"):
        take_folder(root / "x", store, TreeLimits())


def _at_rest(root: Path) -> str:
    """The signature of a folder whose last change is long ago."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            os.utime(path, ns=(0, 0))
    before, after = folder_signature(root), folder_signature(root)
    while before != after:  # the change time cannot be set, so the clock must go on a little
        before, after = after, folder_signature(root)
    return after


def test_the_signature_stays_while_nothing_changes(root: Path) -> None:
    _write(root, a_py="1", lib__b_py="2")

    signature = _at_rest(root)

    assert folder_signature(root) == signature
    (root / ".hidden").write_text("x")
    assert folder_signature(root) == signature


@pytest.mark.parametrize("change", ["content", "same_size", "new", "gone", "renamed", "mode", "link_target"])
def test_the_signature_tells_every_change(root: Path, change: str) -> None:
    _write(root, a_py="1", b_py="2")
    (root / "..data").mkdir()
    (root / "..data" / "c.py").write_text("3")
    (root / "c.py").symlink_to("..data/c.py")
    before = _at_rest(root)

    changes: dict[str, Callable[[], object]] = {
        "content": lambda: _write(root, a_py="longer"),
        "same_size": lambda: _write(root, a_py="9"),
        "new": lambda: _write(root, d_py=""),
        "gone": (root / "a.py").unlink,
        "renamed": lambda: (root / "a.py").rename(root / "z.py"),
        "mode": lambda: (root / "a.py").chmod(0o700),
        "link_target": lambda: (root / "..data" / "c.py").write_text("4"),
    }
    changes[change]()

    assert _at_rest(root) != before


def test_a_fresh_change_asks_for_another_look(root: Path) -> None:
    """Two writes within one tick of the clock would otherwise look like one."""
    _write(root, a_py="1")

    assert folder_signature(root) != folder_signature(root)


def test_the_signature_of_a_missing_folder_is_empty(root: Path) -> None:
    assert folder_signature(root / "x") == ""
