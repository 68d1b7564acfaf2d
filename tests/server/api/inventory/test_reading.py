from __future__ import annotations

import uuid

import pytest
from tests.server.api.cast import caller

from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.inventory.extras.models import Status

pytestmark = pytest.mark.django_db

SITES = "/api/dcim/sites/"
REGIONS = "/api/dcim/regions/"
STATUSES = "/api/extras/statuses/"


@pytest.fixture
def active(db):
    Status.objects.all().delete()
    return Status.objects.create(name="Active", slug="active", color="4caf50")


@pytest.fixture
def site(active):
    world = Region.objects.create(name="World", slug="world")
    europe = Region.objects.create(name="Europe", slug="europe", parent=world)
    return Site.objects.create(name="Amsterdam", slug="ams01", status=active, region=europe, facility="DC 1")


def test_a_site_with_the_rows_it_refers_to(alice, site, active):
    shown = alice.get(f"{SITES}{site.pk}/").json()

    assert shown["id"] == str(site.pk)
    assert shown["url"] == f"http://testserver{SITES}{site.pk}/"
    assert (shown["display"], shown["name"], shown["slug"]) == ("Amsterdam", "Amsterdam", "ams01")
    assert (shown["facility"], shown["description"]) == ("DC 1", "")
    assert shown["region"] == {
        "id": str(site.region_id),
        "url": f"http://testserver{REGIONS}{site.region_id}/",
        "display": "Europe",
        "name": "Europe",
        "slug": "europe",
    }
    assert (shown["status"]["value"], shown["status"]["label"]) == ("active", "Active")
    assert shown["status"]["url"] == f"http://testserver{STATUSES}{active.pk}/"


def test_what_a_row_does_not_refer_to_is_null(alice, active):
    site = Site.objects.create(name="X", slug="x", status=active)

    assert alice.get(f"{SITES}{site.pk}/").json()["region"] is None


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("address", "query", "found"),
    [
        (SITES, "", ["Amsterdam"]),
        (SITES, "name=Amsterdam", ["Amsterdam"]),
        (SITES, "name=amsterdam", []),
        (SITES, "slug=ams01&slug=x", ["Amsterdam"]),
        (SITES, "region=europe", ["Amsterdam"]),
        (SITES, "region=world", ["Amsterdam"]),
        (SITES, "region=World", ["Amsterdam"]),
        (SITES, "region=Nowhere", []),
        (SITES, "status=Active", ["Amsterdam"]),
        (SITES, "status=Active&status=x", ["Amsterdam"]),
        (SITES, "status=active_", []),
        (SITES, "region=null", []),
        (SITES, "region__n=europe", []),
        (SITES, "name__ic=STER", ["Amsterdam"]),
        (SITES, "name__nic=STER", []),
        (SITES, "name__isw=ams&slug__iew=01", ["Amsterdam"]),
        (SITES, "name__n=Amsterdam", []),
        (SITES, "status=active", ["Amsterdam"]),
        (SITES, "status=planned", []),
        (SITES, "facility=DC 1", ["Amsterdam"]),
        (SITES, "q=AMST", ["Amsterdam"]),
        (SITES, "q=ams0", ["Amsterdam"]),
        (SITES, "q=%25", []),
        (REGIONS, "", ["Europe", "World"]),
        (REGIONS, "parent=world", ["Europe"]),
        (REGIONS, "q=o", ["Europe", "World"]),
        (STATUSES, "slug=active", ["Active"]),
        (STATUSES, "color=4caf50", ["Active"]),
    ],
)
def test_filters(alice, address, query, found):
    page = alice.get(f"{address}?{query}").json()

    assert [row["name"] for row in page["results"]] == found


def test_filters_by_id(alice, site):
    def count(query):
        return alice.get(f"{SITES}?{query}").json()["count"]

    assert count(f"region_id={site.region_id}") == count(f"id={site.pk}") == 1
    assert count(f"status_id={site.status_id}&id={site.pk}&id={uuid.uuid4()}") == 1
    assert count(f"region_id={uuid.uuid4()}") == 0


@pytest.mark.parametrize(
    "query", ["id=*", "region_id=europe", "regoin=europe", "status__color=x", "name__regex=.", "id="]
)
def test_what_is_no_filter_is_told(alice, query):
    answer = alice.get(f"{SITES}?{query}")

    assert (answer.status_code, list(answer.json())) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("address", [SITES, REGIONS, STATUSES])
def test_reading_needs_view_of_that_kind(bob, charlie, address):
    erin = caller("erin", "view_site", "view_region", "view_status")

    assert bob.get(address).status_code == charlie.get(address).status_code == 403
    assert erin.get(address).status_code == 200


@pytest.mark.parametrize("path", [f"{uuid.UUID(int=1)}/", "ams01/", "*/"])
@pytest.mark.usefixtures("site")
def test_an_unknown_row(alice, path):
    assert alice.get(SITES + path).json() == {"detail": "Not found."}


def test_options_of_a_list_tell_what_a_row_takes(alice, charlie):
    told = alice.options("/api/dcim/sites/").json()["actions"]["POST"]

    assert told["name"]["required"] is True
    assert {"value": "active", "display": "Active", "display_name": "Active"} in told["status"]["choices"]
    assert charlie.options("/api/dcim/sites/").status_code == 403
