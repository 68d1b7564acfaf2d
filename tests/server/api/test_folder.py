"""The folder by REST: what of it is in service, and who decides."""

from __future__ import annotations

import pytest
from tests.server.api.cast import published
from tests.server.ui.cast import local_source

from jobyard_server.registry.models import Source

pytestmark = pytest.mark.django_db
PLACE = "/api/extras/sources/local/"
FIRST, SECOND = "a" * 64, "b" * 64


@pytest.fixture
def folder(db) -> Source:
    """Two revisions, of which the second is in service."""
    source = local_source()
    published("one", "One", of=source, at=FIRST)
    published("two", "Two", of=source, at=SECOND)
    return source


def test_the_folder_is_rolled_back_pinned_and_unpinned(alice, folder):
    before = alice.get(PLACE).json()
    assert (before["revision"]["identifier"], before["rolled_back_to"], before["is_asked"]) == (
        SECOND,
        None,
        False,
    )

    rolled_back = alice.post(PLACE + "rollback/", {"revision": FIRST[:8], "reason": "Too early"}).json()
    assert (rolled_back["rolled_back_to"], rolled_back["quarantine"]) == (FIRST, [SECOND])
    assert rolled_back["is_asked"]  # a sync part carries it out
    pinned = alice.post(PLACE + "pin/", {"revision": SECOND}).json()
    unpinned = alice.post(PLACE + "unpin/").json()

    assert (pinned["pinned_to"], unpinned["pinned_to"]) == (SECOND, None)
    refused = alice.post(PLACE + "unpin/")
    assert (refused.status_code, "not pinned" in refused.content.decode()) == (409, True)
    assert alice.post(PLACE + "rollback/", {"revision": "feed"}).status_code == 409
    assert alice.post(PLACE + "pin/", {}).status_code == 400


def test_its_timeline_is_that_of_a_repository_without_a_forge(bob, folder):
    newest, oldest = bob.get(PLACE + "revisions/").json()["results"]

    assert (newest["revision"]["identifier"], newest["previous"], newest["url"]) == (SECOND, FIRST, None)
    assert oldest["changes"] == {"added": ["local/one/One"]}


def test_who_may_not_change_jobs_decides_nothing(bob, folder):
    for what in ("rollback/", "pin/", "unpin/"):
        assert bob.post(PLACE + what, {"revision": FIRST}).status_code == 403
    assert Source.objects.get(pk=folder.pk).rolled_back_to == ""


def test_before_the_first_look_there_is_no_folder(alice):
    assert alice.get(PLACE).status_code == 404
