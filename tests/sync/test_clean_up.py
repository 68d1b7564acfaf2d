from __future__ import annotations

import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from tests.sync.cast import SYNTAX_ERROR, Repo, good

from jobyard_server.registry.models import GitRepository, Job, Revision, Source
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult
from jobyard_sync.clean_up import clean_up
from jobyard_sync.pipeline import sync_repository
from jobyard_sync.snapshot_lock import removing_snapshots, using_snapshots

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep_one(options):
    options["SNAPSHOT_KEEP"] = 1


@pytest.fixture
def history(make_repo, tools):
    """``history(texts)``: one commit and sync for each; digests of the snapshots, oldest first."""

    def publish(*texts: str) -> list[str]:
        repo: Repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": texts[0]})
        repository = add_repository(name="Lab", remote_url=repo.url)
        digests = []
        for text in texts:
            repo.commit({"jobs/hello.py": text})
            sync_repository(request_sync(repository.source), tools)
            digests.append(Source.objects.get().revision.snapshot_digest)
        return digests

    return publish


def pin(digest: str, status: str) -> None:
    """A run of this snapshot."""
    JobResult.objects.create(
        name="git.lab/hello/One",
        obj_type=ContentType.objects.get_for_model(Job),
        revision=Revision.objects.get(snapshot_digest=digest),
        status=status,
    )


def test_old_snapshots_go_and_their_history_stays(keep_one, history, tools):
    one, two, three = history(good("One"), good("Two"), good("Three"))

    clean_up(tools)

    assert tools.store.digests() == [three]
    assert {item.snapshot_digest for item in Revision.objects.all()} == {
        one,
        two,
        three,
    }  # the timeline stays


def test_the_newest_ones_of_each_source_stay(options, history, tools):
    options["SNAPSHOT_KEEP"] = 2
    _one, two, three = history(good("One"), good("Two"), good("Three"))

    clean_up(tools)

    assert tools.store.digests() == sorted([two, three])


def test_the_last_good_version_of_a_broken_module_stays(keep_one, history, tools):
    one, _two, three = history(good("One"), SYNTAX_ERROR, SYNTAX_ERROR + "\n")

    clean_up(tools)

    assert tools.store.digests() == sorted([one, three])


@pytest.mark.parametrize(("status", "stays"), [("pending", True), ("running", True), ("completed", False)])
def test_what_a_run_needs_stays_until_it_has_ended(keep_one, history, tools, status, stays):
    one, two = history(good("One"), good("Two"))
    pin(one, status)

    clean_up(tools)

    assert (one in tools.store.digests()) is stays
    assert two in tools.store.digests()
    assert Revision.objects.filter(snapshot_digest=one).exists()  # the history of the run refers to it


def test_nothing_goes_while_a_sync_has_a_snapshot_that_is_not_published_yet(keep_one, history, tools):
    one, two = history(good("One"), good("Two"))

    with using_snapshots(tools.lock_file):
        clean_up(tools)

    assert tools.store.digests() == sorted([one, two])


def test_syncs_share_the_lock_and_clean_up_has_it_alone(tmp_path):
    file = tmp_path / "lock"

    with using_snapshots(file), using_snapshots(file), removing_snapshots(file) as while_used:
        pass
    with removing_snapshots(file) as first, removing_snapshots(file) as second:
        pass

    assert (while_used, first, second) == (False, True, False)


def test_only_mirrors_of_deleted_repositories_go(history, tools):
    history(good("One"))
    own = tools.mirror_of(GitRepository.objects.get()).folder
    orphan = tools.mirrors / f"{uuid.uuid4()}.git"
    strange = tools.mirrors / "notes"
    for folder in (orphan, strange):
        folder.mkdir()

    clean_up(tools)

    assert (own.exists(), orphan.exists(), strange.exists()) == (True, False, True)


def test_on_a_fresh_data_folder_there_is_nothing_to_do(tools):
    clean_up(tools)

    assert tools.store.digests() == []
