"""``If-None-Match`` on reads, ``If-Match`` on writes."""

from __future__ import annotations

import pytest
from tests.server.api.cast import git_source

from jobyard_server.registry.models import GitRepository, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(job):
    return f"/api/extras/jobs/{job.pk}/"


def test_what_did_not_change_is_not_sent_again(alice, place):
    first = alice.get(place)

    again = alice.get(place, HTTP_IF_NONE_MATCH=first["ETag"])
    alice.patch(place, {"enabled": False})
    changed = alice.get(place, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (changed.status_code, changed.json()["enabled"]) == (200, False)
    assert changed["ETag"] != first["ETag"]


def test_lists_have_tags_too(alice, job):
    tag = alice.get("/api/extras/jobs/")["ETag"]

    assert alice.get("/api/extras/jobs/", HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_nobody_overwrites_what_they_did_not_see(alice, place):
    tag = alice.get(place)["ETag"]

    first = alice.patch(place, {"name": "First"}, HTTP_IF_MATCH=tag)
    second = alice.patch(place, {"name": "Second"}, HTTP_IF_MATCH=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert "read it again" in second.json()["detail"]
    assert Job.objects.get().name == "First"


def test_any_version_will_do(alice, place):
    assert alice.patch(place, {"name": "x"}, HTTP_IF_MATCH="*").status_code == 200


def test_a_refused_change_leaves_nothing_behind(alice):
    repository = git_source("netops").git_repository
    place = f"/api/extras/git-repositories/{repository.pk}/"
    tag = alice.get(place)["ETag"]

    answer = alice.patch(place, {"name": "Other", "remote_url": "nonsense"}, HTTP_IF_MATCH=tag)

    assert answer.status_code == 400
    assert GitRepository.objects.get().name == "Netops"


def test_an_inventory_row_is_changed_under_the_same_condition(alice):
    made = alice.post("/api/dcim/regions/", {"name": "Europe", "slug": "europe"}).json()
    place = f"/api/dcim/regions/{made['id']}/"
    tag = alice.get(place)["ETag"]

    assert alice.patch(place, {"name": "a"}, HTTP_IF_MATCH=tag).status_code == 200
    assert alice.delete(place, HTTP_IF_MATCH=tag).status_code == 412
    assert alice.delete(place, HTTP_IF_MATCH=alice.get(place)["ETag"]).status_code == 204


@pytest.mark.parametrize("role", ["charlie", "anonymous"])
def test_a_tag_opens_nothing(request, place, alice, role):
    tag = alice.get(place)["ETag"]
    caller = request.getfixturevalue(role)

    assert caller.get(place, HTTP_IF_NONE_MATCH=tag).status_code == 403
    assert caller.patch(place, {}, HTTP_IF_MATCH=tag).status_code == 403
