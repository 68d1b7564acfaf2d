"""What a fetch finds and keeps, with real repositories that move in every direction."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest
from tests.repos.conftest import Fetch
from tests.repos.repository import Repository, git, raw_blob, raw_commit, raw_tree

from jobyard_repos import mirror as mirror_module
from jobyard_repos.errors import FetchError, InvalidRefName, UnknownBranch
from jobyard_repos.mirror import Mirror
from jobyard_repos.snapshot import SnapshotStore, TreeLimits
from jobyard_repos.transport import FetchLimits


def test_a_branch_is_fetched_with_what_its_commit_says(remote: Repository, fetch: Fetch) -> None:
    commit_id = remote.commit({"jobs/hello.py": "print('hello')\n"}, message="Add a greeting.\n\nBody.")

    commit = fetch()

    assert (commit.id, commit.author, commit.message) == (commit_id, "Alice", "Add a greeting.\n\nBody.")
    assert commit.committed_at.isoformat() == "2023-11-14T22:13:20+00:00"
    assert commit.notes == ()


def test_a_push_is_found_by_the_next_fetch(remote: Repository, fetch: Fetch) -> None:
    remote.commit({"a.py": "1"})
    fetch()

    pushed = remote.commit({"a.py": "2"})

    assert fetch().id == pushed
    assert fetch().id == pushed


@pytest.mark.parametrize("times", [1, 3])
def test_f37_a_forced_push_backward_is_followed(
    remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore, times: int
) -> None:
    commits = [remote.commit({"a.py": str(number)}) for number in range(5)]
    fetch()  # shallow: the mirror has only the newest

    remote.move("main", commits[-1 - times])
    commit = fetch()

    assert commit.id == commits[-1 - times]
    snapshot = store.add_commit(mirror, commit.id, TreeLimits())
    assert (snapshot.path / "a.py").read_text() == str(4 - times)


def test_f37_a_forced_push_to_an_unrelated_history_is_followed(
    remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore
) -> None:
    old = remote.commit({"a.py": "1"})
    fetch()

    new = remote.commit({"b.py": "2"}, parent="")

    assert new != old
    assert fetch().id == new
    assert (store.add_commit(mirror, new, TreeLimits()).path / "b.py").exists()
    remote.move("main", old)
    assert fetch().id == old


def test_the_commit_before_a_forced_push_can_still_become_a_snapshot(
    remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore
) -> None:
    old = remote.commit({"a.py": "1"})
    fetch()
    remote.commit({"b.py": "2"}, parent="")
    fetch()
    remote.git("gc", "--prune=now", "--quiet")
    assert mirror.tidy() is False

    assert (store.add_commit(mirror, old, TreeLimits()).path / "a.py").read_text() == "1"


def test_the_first_fetch_leaves_out_the_history(remote: Repository, fetch: Fetch, mirror: Mirror) -> None:
    for number in range(5):
        remote.commit({"a.py": str(number)})

    commit = fetch()

    assert git(mirror.folder, "rev-list", "--count", commit.id) == "1"


@pytest.mark.parametrize("branch", ["missing", "mai", "main2", "refs/heads/main"])
def test_an_unknown_branch_is_named_in_the_words_users_know(
    remote: Repository, fetch: Fetch, branch: str
) -> None:
    remote.commit({"a.py": "1"})

    with pytest.raises(UnknownBranch) as caught:
        fetch(branch)

    assert str(caught.value) == (
        f"Please create branch '{branch}' in upstream and try again. "
        "If this is a new repo, please add a commit before syncing."
    )
    assert caught.value.kind == "unknown_branch"


def test_an_empty_repository_has_no_branch(remote: Repository, fetch: Fetch) -> None:
    with pytest.raises(UnknownBranch):
        fetch()


def test_a_deleted_branch_is_unknown_and_comes_back(remote: Repository, fetch: Fetch) -> None:
    commit = remote.commit({"a.py": "1"})
    fetch()
    remote.delete_branch("main")

    with pytest.raises(UnknownBranch):
        fetch()

    remote.move("main", commit)
    assert fetch().id == commit


def test_names_that_exclude_each_other_in_one_repository_follow_each_other(
    remote: Repository, fetch: Fetch
) -> None:
    remote.commit({"a.py": "1"}, branch="topic")
    assert fetch("topic").id
    remote.delete_branch("topic")

    commit = remote.commit({"a.py": "2"}, branch="topic/one")

    assert fetch("topic/one").id == commit


def test_a_tag_is_peeled_to_its_commit(remote: Repository, fetch: Fetch) -> None:
    commit = remote.commit({"a.py": "1"})
    remote.git("tag", "light", commit)
    remote.git("tag", "-m", "x", "annotated", commit)
    remote.git("tag", "-m", "x", "nested", "annotated")

    assert {fetch(name).id for name in ("light", "annotated", "nested")} == {commit}


def test_a_moved_tag_is_followed(remote: Repository, fetch: Fetch) -> None:
    remote.git("tag", "v1", remote.commit({"a.py": "1"}))
    fetch("v1")

    moved = remote.commit({"a.py": "2"})
    remote.git("tag", "-f", "v1", moved)

    assert fetch("v1").id == moved


def test_ur12_tags_of_tags_end_after_five_levels(remote: Repository, fetch: Fetch) -> None:
    remote.git("tag", "-m", "x", "t0", remote.commit({"a.py": "1"}))
    for level in range(1, 6):
        remote.git("tag", "-m", "x", f"t{level}", f"t{level - 1}")

    assert fetch("t4").id
    with pytest.raises(FetchError, match="leads to a tag"):
        fetch("t5")


def test_a_tag_of_a_file_is_refused(remote: Repository, fetch: Fetch) -> None:
    remote.commit({"a.py": "1"})
    remote.git("tag", "file", raw_blob(remote.path, b"x"))

    with pytest.raises(FetchError, match="leads to a blob, not to a commit"):
        fetch("file")


def test_ur07_a_branch_wins_over_a_tag_of_the_same_name_and_says_so(remote: Repository, fetch: Fetch) -> None:
    remote.git("tag", "main", remote.commit({"a.py": "tag"}))
    branch = remote.commit({"a.py": "branch"})

    commit = fetch()

    assert commit.id == branch
    assert commit.notes == ("The remote has a branch and a tag named 'main'; the branch is used.",)


def test_a_full_commit_id_is_found_in_the_history(
    remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore
) -> None:
    old = remote.commit({"a.py": "old"})
    remote.commit({"a.py": "new"})
    fetch()  # the mirror is shallow by now

    commit = fetch(old)

    assert commit.id == old
    assert (store.add_commit(mirror, old, TreeLimits()).path / "a.py").read_text() == "old"


def test_a_pinned_commit_stays_when_the_remote_forgets_it_or_is_gone(
    remote: Repository, fetch: Fetch
) -> None:
    pinned = remote.commit({"a.py": "1"})
    fetch(pinned)
    remote.commit({"b.py": "2"}, parent="")
    assert fetch(pinned).id == pinned

    remote.path.rename(remote.path.with_name("away"))

    assert fetch(pinned).id == pinned


def test_ur08_a_commit_that_no_branch_leads_to_is_refused(remote: Repository, fetch: Fetch) -> None:
    """A forge hands out the commits of every fork by their id."""
    hidden = remote.commit({"a.py": "evil"}, branch="fork")
    remote.git("update-ref", "refs/pull/1/head", hidden)
    remote.delete_branch("fork")
    remote.commit({"a.py": "good"})

    with pytest.raises(FetchError, match=f"commit {hidden} is in no branch and no tag") as caught:
        fetch(hidden)
    assert caught.value.permanent


def test_a_commit_id_wins_over_a_branch_of_that_name(remote: Repository, fetch: Fetch) -> None:
    commit = remote.commit({"a.py": "commit"})
    other = remote.commit({"a.py": "branch"})
    remote.move(commit, other)

    assert fetch(commit).id == commit


def test_a_name_that_is_no_name_never_reaches_git(fetch: Fetch, mirror: Mirror) -> None:
    with pytest.raises(InvalidRefName):
        fetch("--upload-pack=touch /tmp/x")
    assert not mirror.folder.exists()


def test_a_missing_folder_is_not_found(fetch: Fetch, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no repository at") as caught:
        fetch(url=f"file://{tmp_path}/nothing.git")
    assert (caught.value.kind, caught.value.permanent) == ("not_found", True)


def test_a_folder_with_a_space_in_its_name_works(remote: Repository, fetch: Fetch, tmp_path: Path) -> None:
    commit = remote.commit({"a.py": "1"})
    place = tmp_path / "Jane's déjà folder.git"
    remote.path.rename(place)

    assert fetch(url=f"file://{place}").id == commit
    assert fetch(url=str(place)).id == commit


def test_f67_a_sha256_repository_is_refused_with_one_sentence(tmp_path: Path, fetch: Fetch) -> None:
    other = Repository(tmp_path / "sha256.git", "--object-format=sha256")
    tree = other.git("mktree", data=b"")
    other.move("main", other.git("commit-tree", "-m", "x", tree))

    with pytest.raises(FetchError, match="SHA-256") as caught:
        fetch(url=f"file://{other.path}")
    assert caught.value.kind == "unsupported"


def test_another_remote_in_the_same_mirror_does_not_inherit_what_was_pinned(
    remote: Repository, fetch: Fetch, tmp_path: Path
) -> None:
    pinned = remote.commit({"a.py": "1"})
    fetch(pinned)
    other = Repository(tmp_path / "other.git")
    other.commit({"b.py": "2"})

    with pytest.raises(FetchError, match="no branch and no tag"):
        fetch(pinned, url=f"file://{other.path}")


def test_the_mirror_is_private_and_holds_nothing_but_objects(
    remote: Repository, fetch: Fetch, mirror: Mirror
) -> None:
    remote.commit({"a.py": "1"})
    fetch()

    names = {path.name for path in mirror.folder.iterdir()}

    assert names <= {"HEAD", "config", "objects", "refs", "shallow"}
    assert stat.S_IMODE(mirror.folder.stat().st_mode) == 0o700
    assert "remote" not in (mirror.folder / "config").read_text()


def _plant_hook(mirror: Path) -> None:
    (mirror / "hooks").mkdir()
    (mirror / "hooks" / "reference-transaction").write_text("#!/bin/sh\ntouch marker\n")


def _plant_config(mirror: Path) -> None:
    with (mirror / "config").open("a") as file:
        file.write('[url "https://evil.example/"]\n\tinsteadOf = file:///\n')


def _plant_alternates(mirror: Path) -> None:
    (mirror / "objects/info/alternates").write_text("/elsewhere\n")


def _plant_promisor(mirror: Path) -> None:
    (mirror / "objects/pack/pack-1.promisor").write_text("")


def _open_up(mirror: Path) -> None:
    mirror.chmod(0o755)


def _replace_by_file(mirror: Path) -> None:
    mirror.rename(mirror.with_name("gone"))
    mirror.write_text("no folder")


def _replace_by_link(mirror: Path) -> None:
    mirror.rename(mirror.with_name("gone"))
    mirror.symlink_to(mirror.with_name("gone"))


def _empty_it(mirror: Path) -> None:
    (mirror / "HEAD").unlink()


def _cut_packs(mirror: Path) -> None:
    for pack in (mirror / "objects/pack").glob("*.pack"):
        pack.chmod(0o600)
        os.truncate(pack, 20)


def _break_refs(mirror: Path) -> None:
    for ref in (mirror / "refs/sync").iterdir():
        ref.write_text("")


def _lose_objects(mirror: Path) -> None:
    for file in (mirror / "objects/pack").iterdir():
        file.unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        _plant_hook,
        _plant_config,
        _plant_alternates,
        _plant_promisor,
        _open_up,
        _replace_by_file,
        _replace_by_link,
        _empty_it,
        _cut_packs,
        _break_refs,
        _lose_objects,
    ],
)
def test_f32_a_mirror_that_somebody_spoiled_is_made_anew(
    remote: Repository, fetch: Fetch, mirror: Mirror, store: SnapshotStore, spoil: object
) -> None:
    remote.commit({"a.py": "1"})
    commit = fetch()
    assert callable(spoil)
    spoil(mirror.folder)

    assert fetch() == commit

    assert mirror.folder.is_dir()
    assert not mirror.folder.is_symlink()
    assert {path.name for path in mirror.folder.iterdir()} <= {"HEAD", "config", "objects", "refs", "shallow"}
    assert "insteadOf" not in (mirror.folder / "config").read_text()
    assert store.add_commit(mirror, commit.id, TreeLimits()).file_count == 1


def test_f32_left_overs_of_a_killed_fetch_are_removed(
    remote: Repository, fetch: Fetch, mirror: Mirror
) -> None:
    remote.commit({"a.py": "1"})
    fetch()
    ref = next((mirror.folder / "refs/sync").iterdir())
    left = [
        mirror.folder / "shallow.lock",
        ref.with_name(f"{ref.name}.lock"),
        mirror.folder / "objects/pack/tmp_pack_abc",
        mirror.folder / "objects/tmp_obj_abc",
    ]
    for path in left:
        path.write_bytes(b"x")

    commit = remote.commit({"a.py": "2"})

    assert fetch().id == commit
    assert not [path for path in left if path.exists()]


def test_two_fetches_into_one_mirror_never_overlap(remote: Repository, fetch: Fetch, mirror: Mirror) -> None:
    remote.commit({"a.py": "1"})
    fetch()
    lock = os.open(mirror.folder.with_name("one.git.lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with pytest.raises(FetchError, match="Another fetch") as caught:
            fetch(limits=FetchLimits(timeout_seconds=0.2))
    finally:
        os.close(lock)
    assert caught.value.kind == "timeout"
    assert fetch().id


def test_a_place_where_no_mirror_can_be_is_named(remote: Repository, fetch: Fetch, mirror: Mirror) -> None:
    remote.commit({"a.py": "1"})
    mirror.folder.parent.parent.mkdir()
    mirror.folder.parent.write_text("a file")

    with pytest.raises(FetchError, match="cannot be used") as caught:
        fetch()
    assert (caught.value.kind, caught.value.permanent) == ("disk", False)


def test_f80_many_packs_become_one(
    remote: Repository,
    fetch: Fetch,
    mirror: Mirror,
    store: SnapshotStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mirror_module, "_MANY_PACKS", 4)
    commits = []
    for number in range(5):
        commits.append(remote.commit({"a.py": str(number)}))
        fetch()

    assert mirror.tidy() is True

    assert len(list((mirror.folder / "objects/pack").glob("*.pack"))) == 1
    assert store.add_commit(mirror, commits[0], TreeLimits()).file_count == 1
    assert mirror.tidy() is False


def test_a_removed_mirror_leaves_nothing_behind(remote: Repository, fetch: Fetch, mirror: Mirror) -> None:
    remote.commit({"a.py": "1"})
    fetch()

    mirror.remove()
    mirror.remove()

    assert [path.name for path in mirror.folder.parent.iterdir()] == [".home"]


def test_f81_an_honest_old_history_is_refused_with_its_id_and_let_in_when_somebody_says_so(
    remote: Repository, fetch: Fetch
) -> None:
    blob = raw_blob(remote.path, b"1")
    tree = raw_tree(remote.path, ("0100644", b"a.py", blob))  # a mode with a leading zero
    remote.move("main", raw_commit(remote.path, tree))

    with pytest.raises(FetchError, match=r"zeroPaddedFilemode.*told to let them in") as caught:
        fetch()
    assert (caught.value.kind, caught.value.permanent) == ("corrupt", True)

    assert fetch(fsck_exceptions=("zeroPaddedFilemode",)).id == remote.head()


def test_gt12_an_exception_is_one_of_a_list(fetch: Fetch) -> None:
    with pytest.raises(ValueError, match="no exception"):
        fetch(fsck_exceptions=("skipList=/etc/passwd",))
