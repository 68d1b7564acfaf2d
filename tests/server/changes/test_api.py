"""``/api/extras/object-changes/``."""

from __future__ import annotations

import pytest
from tests.server.api.cast import caller

from jobyard_server.changes.models import ObjectChange
from jobyard_server.inventory.dcim.models import Region

LIST = "/api/extras/object-changes/"


@pytest.fixture
def alice(db):
    return caller("alice", is_superuser=True)


def test_one_change_shows_what_was_and_what_became(alice, lab):
    alice.patch(f"/api/dcim/regions/{lab.region.pk}/", {"description": "old world"}, format="json")
    pk = ObjectChange.objects.latest("id").pk

    body = alice.get(f"{LIST}{pk}/").json()

    assert body["action"] == {"value": "update", "label": "Updated"}
    assert (body["user_name"], body["user"]["username"]) == ("alice", "alice")
    assert (body["changed_object_type"], body["changed_object"]["name"]) == ("dcim.region", "Europe")
    assert body["prechange_data"]["description"] == ""
    assert body["postchange_data"]["description"] == "old world"
    assert body["display"] == "Updated Europe"


def test_filters(alice, lab):
    alice.delete(f"/api/dcim/regions/{Region.objects.create(name='x', slug='x').pk}/")

    def names(**query):
        answer = alice.get(LIST, query).json()
        return [(row["action"]["value"], row["object_repr"]) for row in answer["results"]]

    assert names(action="delete") == [("delete", "x")]
    assert (
        names(user="alice") == names(user=str(alice.user.pk)) == names(user_name="alice") == [("delete", "x")]
    )
    assert names(changed_object_type="dcim.site") == [("create", "Amsterdam")]
    assert names(changed_object_id=str(lab.region.pk)) == [("create", "Europe")]
    assert names(q="amster") == [("create", "Amsterdam")]
    assert names(time__gte="2999-01-01T00:00:00Z") == []
    assert alice.get(LIST, {"acton": "delete"}).status_code == 400
    assert alice.get(LIST, {"action": "burn"}).status_code == 400


def test_next_leads_through_all_rows_once_while_new_ones_arrive(alice, lab):
    Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(25))
    expected = list(ObjectChange.objects.order_by("-id").values_list("id", flat=True))

    seen, address = [], f"{LIST}?limit=10"
    while address:
        page = alice.get(address).json()
        seen += [row["id"] for row in page["results"]]
        Region.objects.create(name=f"new{len(seen)}", slug=f"new{len(seen)}")
        address = page["next"]

    assert seen == expected


def test_many_rows_are_counted_roughly(alice, lab, monkeypatch):
    monkeypatch.setattr("jobyard_server.api.changes.pages.COUNTED", 3)

    assert alice.get(LIST, {"limit": 1}).json()["count"] >= 4


def test_a_page_costs_the_same_whatever_its_size(alice, lab, django_assert_max_num_queries):
    Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(50))
    alice.get(LIST)  # content types are remembered from here on

    with django_assert_max_num_queries(12):
        assert len(alice.get(LIST, {"limit": 100}).json()["results"]) > 50


def test_the_log_is_for_those_who_may_view_it_and_nobody_writes_it(alice, lab):
    reader, outsider = caller("bob", "view_objectchange"), caller("charlie")
    pk = ObjectChange.objects.latest("id").pk

    assert reader.get(f"{LIST}{pk}/").json()["changed_object"] is None  # the object itself he may not view
    assert outsider.get(LIST).status_code == outsider.get(f"{LIST}{pk}/").status_code == 403
    for method in ("post", "put", "patch", "delete"):
        assert getattr(alice, method)(LIST).status_code == 405
        assert getattr(alice, method)(f"{LIST}{pk}/").status_code == 405
