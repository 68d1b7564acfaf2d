"""
Trees that no honest git would write, given to the materialiser behind the back of the fetch, whose own
check (``fetch.fsckObjects``) stops half of them: both layers must hold alone.
"""

from __future__ import annotations

import stat
import tracemalloc

import pytest
from tests.repos.conftest import Fetch
from tests.repos.git_http import GitServer
from tests.repos.repository import Repository, git, raw_blob, raw_commit, raw_tree

from jobyard_repos import mirror_folder
from jobyard_repos.errors import FetchError, RevisionNotFound, SnapshotError, TreeRefused
from jobyard_repos.mirror import Mirror
from jobyard_repos.snapshot import SnapshotStore, TreeLimits

PLAIN = "100644"


@pytest.fixture
def empty_mirror(mirror: Mirror) -> Mirror:
    mirror_folder.prepare(mirror.folder)
    return mirror


def _nested(mirror: Mirror, name: bytes, inner: bytes = b"x") -> str:
    folder = raw_tree(mirror.folder, (PLAIN, inner, raw_blob(mirror.folder, b"1")))
    return raw_commit(mirror.folder, raw_tree(mirror.folder, ("40000", name, folder)))


def _flat(mirror: Mirror, *names: bytes, mode: str = PLAIN) -> str:
    blob = raw_blob(mirror.folder, b"1")
    return raw_commit(mirror.folder, raw_tree(mirror.folder, *((mode, name, blob) for name in names)))


GIT_SPELLINGS = [
    b".git",
    b".GIT",
    b".Git",
    b"git~1",
    b"GIT~2",
    ".g\u200cit".encode(),
    b".git.",
    b".git ",
    b".git::$INDEX_ALLOCATION",
]


@pytest.mark.parametrize("name", [b"..", b".", b"", *GIT_SPELLINGS])
def test_f63_a_folder_with_a_hostile_name_refuses_the_tree(
    empty_mirror: Mirror, store: SnapshotStore, name: bytes
) -> None:
    with pytest.raises(SnapshotError):  # git itself stumbles over the empty name
        store.add_commit(empty_mirror, _nested(empty_mirror, name), TreeLimits())
    assert not store.folder.exists()


@pytest.mark.parametrize("name", [b"..", b"/etc/x", b"a/../b", b"a//b", b".git", b"../x"])
def test_f63_a_file_with_a_hostile_name_refuses_the_tree(
    empty_mirror: Mirror, store: SnapshotStore, name: bytes
) -> None:
    with pytest.raises(TreeRefused):
        store.add_commit(empty_mirror, _flat(empty_mirror, name), TreeLimits())
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "names",
    [
        (b"a.py", b"a.py"),
        (b"A.py", b"a.py"),
        ("\u00e9".encode(), "e\u0301".encode()),
        ("\u212a".encode(), b"k"),
        ("stra\u00dfe".encode(), b"STRASSE"),
        (b"a", b"a/b"),
        (b"a/b", b"a"),
        (b"A/b", b"a/c"),
        (b"x/A/b", b"x/a"),
    ],
)
def test_mt06_names_that_are_one_file_somewhere_refuse_the_tree(
    empty_mirror: Mirror, store: SnapshotStore, names: tuple[bytes, bytes]
) -> None:
    with pytest.raises(TreeRefused, match="the same file on some systems"):
        store.add_commit(empty_mirror, _flat(empty_mirror, *names), TreeLimits())


@pytest.mark.parametrize("name", [b"a/b.py", b"sub/x"])
def test_a_slash_in_a_name_is_a_folder_and_nothing_else(
    empty_mirror: Mirror, store: SnapshotStore, name: bytes
) -> None:
    snapshot = store.add_commit(empty_mirror, _flat(empty_mirror, name), TreeLimits())

    assert (snapshot.path / name.decode()).read_text() == "1"


def test_mt08_a_link_and_a_folder_of_one_name_never_lead_outside(
    empty_mirror: Mirror, store: SnapshotStore
) -> None:
    folder = empty_mirror.folder
    inner = raw_tree(folder, (PLAIN, b"x", raw_blob(folder, b"evil")))
    tree = raw_tree(folder, ("120000", b"a", raw_blob(folder, b"/tmp")), ("40000", b"a", inner))

    snapshot = store.add_commit(empty_mirror, raw_commit(folder, tree), TreeLimits())

    assert not (snapshot.path / "a").is_symlink()
    assert (snapshot.path / "a" / "x").read_text() == "evil"


@pytest.mark.parametrize(("mode", "becomes"), [("100777", 0o555), ("100664", 0o444), ("100600", 0o444)])
def test_mt04_odd_modes_become_plain_ones(
    empty_mirror: Mirror, store: SnapshotStore, mode: str, becomes: int
) -> None:
    snapshot = store.add_commit(empty_mirror, _flat(empty_mirror, b"a.py", mode=mode), TreeLimits())

    assert stat.S_IMODE((snapshot.path / "a.py").stat().st_mode) == becomes


def test_an_entry_that_calls_a_tree_a_file_is_an_error(empty_mirror: Mirror, store: SnapshotStore) -> None:
    folder = empty_mirror.folder
    inner = raw_tree(folder, (PLAIN, b"x", raw_blob(folder, b"1")))
    commit = raw_commit(folder, raw_tree(folder, (PLAIN, b"a", inner)))

    with pytest.raises(SnapshotError):
        store.add_commit(empty_mirror, commit, TreeLimits())
    assert store.digests() == []


def test_f64_invalid_utf8_is_left_out_and_shown_escaped(empty_mirror: Mirror, store: SnapshotStore) -> None:
    snapshot = store.add_commit(empty_mirror, _flat(empty_mirror, b"a\xff.py", b"b.py"), TreeLimits())

    assert [path.name for path in snapshot.path.iterdir()] == ["b.py"]
    assert snapshot.notes[0].startswith("a\\udcff.py is left out")


def test_a_tree_that_is_not_sorted_gives_the_same_snapshot(
    empty_mirror: Mirror, store: SnapshotStore
) -> None:
    sorted_one = store.add_commit(
        empty_mirror, _flat(empty_mirror, b"a/x", b"a/y", b"b", b"c/z"), TreeLimits()
    )
    other = store.add_commit(empty_mirror, _flat(empty_mirror, b"c/z", b"a/y", b"b", b"a/x"), TreeLimits())

    assert other.digest == sorted_one.digest


def test_a_missing_file_is_named(empty_mirror: Mirror, store: SnapshotStore) -> None:
    folder = empty_mirror.folder
    commit = raw_commit(folder, raw_tree(folder, (PLAIN, b"a.py", "1" * 40)))

    with pytest.raises(RevisionNotFound, match=r"a\.py"):
        store.add_commit(empty_mirror, commit, TreeLimits())


def test_f78_a_missing_file_is_not_looked_for_elsewhere(
    empty_mirror: Mirror, store: SnapshotStore, server: GitServer
) -> None:
    folder = empty_mirror.folder
    git(folder, "config", "--file", str(folder / "config"), "remote.origin.url", server.url("remote.git"))
    git(folder, "config", "--file", str(folder / "config"), "remote.origin.promisor", "true")
    commit = raw_commit(folder, raw_tree(folder, (PLAIN, b"a.py", "1" * 40)))

    with pytest.raises(RevisionNotFound):
        store.add_commit(empty_mirror, commit, TreeLimits())
    assert server.log == []


def test_mt09_a_damaged_file_is_found_by_its_name(empty_mirror: Mirror, store: SnapshotStore) -> None:
    folder = empty_mirror.folder
    good, other = raw_blob(folder, b"good"), raw_blob(folder, b"evil")
    commit = raw_commit(folder, raw_tree(folder, (PLAIN, b"a.py", good)))
    target = folder / "objects" / good[:2] / good[2:]
    target.unlink()
    (folder / "objects" / other[:2] / other[2:]).rename(target)

    with pytest.raises(RevisionNotFound):
        store.add_commit(empty_mirror, commit, TreeLimits())
    assert store.digests() == []


def test_f65_a_bomb_is_cut_off_at_the_limit(empty_mirror: Mirror, store: SnapshotStore) -> None:
    """Seven objects that describe a million files."""
    folder = empty_mirror.folder
    tree = raw_tree(folder, *((PLAIN, b"f%d" % number, raw_blob(folder, b"x")) for number in range(10)))
    for _ in range(5):
        tree = raw_tree(folder, *(("40000", b"d%d" % number, tree) for number in range(10)))
    commit = raw_commit(folder, tree)

    tracemalloc.start()
    with pytest.raises(TreeRefused, match="more than 5000 files"):
        store.add_commit(empty_mirror, commit, TreeLimits(files=5000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10_000_000


@pytest.mark.parametrize(("name", "depth"), [(b"d", 41), (b"d" * 200, 6)])
def test_deep_and_long_paths_are_refused(
    empty_mirror: Mirror, store: SnapshotStore, name: bytes, depth: int
) -> None:
    folder = empty_mirror.folder
    tree = raw_tree(folder, (PLAIN, b"f", raw_blob(folder, b"x")))
    for _ in range(depth):
        tree = raw_tree(folder, ("40000", name, tree))

    with pytest.raises(TreeRefused):
        store.add_commit(empty_mirror, raw_commit(folder, tree), TreeLimits())


@pytest.mark.parametrize("name", [b"..", b".git", b"git~1", b"a/b"])
def test_f63_the_fetch_stops_hostile_trees_too(remote: Repository, fetch: Fetch, name: bytes) -> None:
    folder = raw_tree(remote.path, (PLAIN, b"x", raw_blob(remote.path, b"1")))
    remote.move("main", raw_commit(remote.path, raw_tree(remote.path, ("40000", name, folder))))

    with pytest.raises(FetchError, match="an object that git refuses") as caught:
        fetch()
    assert (caught.value.kind, caught.value.permanent) == ("corrupt", True)
    assert "no reason given" not in str(caught.value)


def test_a_commit_with_a_huge_author_becomes_a_short_one(remote: Repository, fetch: Fetch) -> None:
    tree = raw_tree(remote.path, (PLAIN, b"a.py", raw_blob(remote.path, b"1")))
    data = b"tree %s\nauthor %s <a> 1 +0000\ncommitter C <c> 9999999999999 +0000\n\n\x1b[2J\n"
    text = data % (tree.encode(), b"A" * 1_000_000)
    remote.move("main", remote.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text))

    commit = fetch()

    assert (len(commit.author), commit.message, commit.committed_at.year) == (200, "\\x1b[2J", 9999)
