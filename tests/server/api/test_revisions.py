"""Timeline, differences, decisions and code by REST."""

from __future__ import annotations

import pytest
from tests.server.api.cast import alive, caller, git_source, published

from jobyard_server.registry.history_models import HeldPush
from jobyard_server.registry.models import Revision

pytestmark = pytest.mark.django_db
FIRST, SECOND = "a" * 40, "b" * 40


@pytest.fixture
def repository(db):
    """Two revisions, of which the second is in service."""
    source = git_source("netops")
    published("one", "One", of=source, at=FIRST)
    published("two", "Two", of=source, at=SECOND)
    return source.git_repository


@pytest.fixture
def place(repository) -> str:
    return f"/api/extras/git-repositories/{repository.pk}/"


def test_the_timeline_tells_what_changed_newest_first(bob, place):
    newest, oldest = bob.get(place + "revisions/").json()["results"]

    assert (newest["kind"], newest["cause"], newest["revision"]["identifier"]) == (
        "published",
        "sync",
        SECOND,
    )
    assert newest["changes"] == {"added": ["git.netops/two/Two"], "removed": ["git.netops/one/One"]}
    assert newest["previous"] == FIRST
    assert oldest["changes"] == {"added": ["git.netops/one/One"]}


def test_a_rollback_is_stored_shown_and_on_its_way(alice, place):
    answer = alice.post(place + "rollback/", {"revision": FIRST[:8], "reason": "Too early"})

    assert answer.status_code == 200
    assert answer.json()["job_result"]["status"]["value"] == "pending"
    shown = alice.get(place).json()
    assert shown["rolled_back_to"] == FIRST
    (row,) = shown["quarantine"]
    assert (row["commit"], row["user"], row["reason"]) == (SECOND, "alice", "Too early")


def test_a_pin_is_shown_and_taken_back(alice, place):
    alice.post(place + "pin/", {"revision": str(Revision.objects.get(identifier=FIRST).pk)})
    pinned = alice.get(place).json()["pinned_commit"]
    answer = alice.post(place + "unpin/")

    assert (pinned, answer.status_code, alice.get(place).json()["pinned_commit"]) == (FIRST, 200, None)
    assert alice.post(place + "unpin/").status_code == 409


def test_a_confirmation_is_for_what_was_seen(alice, place, repository):
    revision = Revision.objects.get(identifier=FIRST)
    HeldPush.objects.create(
        source=repository.source, revision=revision, removed=["git.netops/two/Two"], job_count=3
    )

    other = alice.post(place + "confirm/", {"commit": SECOND})
    done = alice.post(place + "confirm/", {"commit": FIRST})

    assert (other.status_code, done.status_code) == (409, 200)
    assert "Another commit waits now" in other.json()["detail"]
    assert alice.get(place).json()["held_push"]["is_confirmed"] is True


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("rollback", {}, 400),
        ("rollback", {"revision": SECOND}, 409),
        ("rollback", {"revision": "c" * 40}, 409),
        ("rollback", {"revision": ""}, 400),
        ("rollback", {"revision": "zz' OR 1"}, 409),
        ("pin", {"revision": 7}, 409),
        ("confirm", {}, 409),
        ("confirm", {"commit": None}, 400),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(alice, place, action, body, status):
    answer = alice.post(f"{place}{action}/", body)

    assert answer.status_code == status
    assert answer.json()


@pytest.mark.parametrize("action", ["rollback", "pin", "unpin", "confirm"])
def test_deciding_needs_its_permission(bob, place, action):
    assert bob.post(f"{place}{action}/", {"revision": FIRST}).status_code == 403


def test_the_permissions_to_sync_and_to_roll_back_are_enough(place):
    alive("sync")
    carol = caller("carol", "sync_gitrepository", "rollback_gitrepository")

    assert carol.post(place + "sync/", {"dry_run": True}).status_code == 200
    assert carol.post(place + "rollback/", {"revision": FIRST}).status_code == 200
    assert carol.patch(place, {"name": "X"}).status_code == 403


def test_job_paths_are_checked_and_shown(alice, place):
    wrong = alice.patch(place, {"job_paths": ["../x"]})
    right = alice.patch(place, {"job_paths": ["scripts/", "."], "strict": True, "forge": "gitea"})

    assert wrong.status_code == 400
    assert "job_paths" in wrong.json()
    shown = right.json()
    assert (shown["job_paths"], shown["strict"], shown["forge"]) == (["scripts", "."], True, "gitea")


def test_the_code_that_is_nowhere_is_a_404_with_a_sentence(bob, repository):
    job = next(iter(repository.source.modules.get(name="two").jobs.all()))

    answer = bob.get(f"/api/extras/jobs/{job.pk}/source/")

    assert answer.status_code == 404
    assert "is not on this machine" in answer.json()["detail"]


def test_differences_without_files_are_a_404_with_a_sentence(bob, place):
    answer = bob.get(f"{place}differences/?old={FIRST}")

    assert answer.status_code == 404
    assert "not on this machine" in answer.json()["detail"]
    assert bob.get(f"{place}differences/").status_code == 400
