"""``?fields=``, ``?brief=`` and ``?ordering=``. F181: only what is shown anyway."""

from __future__ import annotations

import pytest
from tests.server.api.cast import git_source, published, result_of

pytestmark = pytest.mark.django_db
RESULTS, REPOSITORIES = "/api/extras/job-results/", "/api/extras/git-repositories/"


def test_some_members_of_a_list_and_of_a_detail(alice, job):
    result = result_of(job)

    listed = alice.get(f"{RESULTS}?fields=id,status").json()
    shown = alice.get(f"{RESULTS}{result.pk}/?fields=id&fields=name").json()
    bare = alice.get("/api/extras/jobs/?fields=id").json()

    assert listed["count"] == 1
    assert listed["results"] == [
        {"id": str(result.pk), "status": {"value": "completed", "label": "Completed"}}
    ]
    assert shown == {"id": str(result.pk), "name": "local/example/Hello"}
    assert bare == [{"id": "local/example/Hello"}]


@pytest.mark.parametrize("name", ["token_encrypted", "password", "user__password", "no-such"])
def test_a_member_that_is_not_shown_cannot_be_named(alice, name):
    git_source("netops")

    answer = alice.get(f"{REPOSITORIES}?fields=id,{name}")

    assert (answer.status_code, answer.json()) == (400, {"fields": [f"There is no field “{name}”."]})


def test_brief_rows(alice, job):
    result = result_of(job)

    (row,) = alice.get(f"{RESULTS}?brief=true").json()["results"]

    assert set(row) == {"id", "url", "display", "name"}
    assert alice.get(f"{RESULTS}{result.pk}/?brief=1").json() == row


def test_rows_in_the_order_that_is_asked_for(alice):
    for name in "bca":
        git_source(name)

    def names(order):
        return [row["name"] for row in alice.get(f"{REPOSITORIES}?ordering={order}").json()["results"]]

    assert names("name") == ["A", "B", "C"]
    assert names("-name") == ["C", "B", "A"]
    assert names("slug,-created") == ["A", "B", "C"]


@pytest.mark.parametrize("order", ["token_encrypted", "source__key", "nonsense", "--name"])
def test_an_order_that_there_is_not(alice, order):
    answer = alice.get(f"{REPOSITORIES}?ordering={order}")

    assert answer.status_code == 400
    assert "is no order here" in answer.json()["ordering"][0]


def test_refusals_stay_whole(alice):
    published("example", "Hello")

    assert alice.get("/api/extras/jobs/no/such/Job/?fields=id").json() == {"detail": "Not found."}
