"""Selections that follow other fields of the form: ``query_params={"region_id": "$region"}``."""

from __future__ import annotations

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.inventory.extras.models import Status
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db
PAGE = "/extras/jobs/local/example/Probe/"


@pytest.fixture
def places(db):
    active = Status.objects.get_or_create(slug="active", defaults={"name": "Active"})[0]
    regions = [Region.objects.create(name=name, slug=name.lower()) for name in ("North", "South")]
    for region in regions:
        name = f"Site of {region.name}"
        Site.objects.create(name=name, slug=f"in-{region.slug}", status=active, region=region)
    return regions


@pytest.fixture
def job(worker):
    return cast.make_job(
        variable(
            "ObjectVar",
            "site",
            model="dcim.site",
            query_params={"region_id": "$region", "status": ["active"], "nonsense": "x", "id": "no uuid"},
        ),
        variable("ObjectVar", "region", model="dcim.region", required=False),
        variable("ObjectVar", "device", model="dcim.device", query_params={"site": "$site"}, required=False),
    )


@pytest.fixture
def ask(as_user, alice, job):
    """``ask(region=…)``: the form after somebody chose and asked for the lists that fit."""

    def post(**chosen):
        response = as_user(alice).post(PAGE, {"_reload": "1", **chosen})
        assert response.status_code == 200
        return Page(response)

    return post


def test_without_a_choice_everything_is_offered(as_user, alice, job, places):
    page = Page(as_user(alice).get(PAGE))

    assert "Site of North" in page.text
    assert "Site of South" in page.text
    assert page.all("button", name="_reload")


def test_the_list_fits_what_is_chosen_and_nothing_is_run(ask, places):
    page = ask(region=str(places[0].pk))

    assert "Site of North" in page.text
    assert "Site of South" not in page.text
    assert not JobResult.objects.exists()


def test_a_choice_that_no_longer_fits_is_taken_back(ask, places):
    elsewhere = Site.objects.get(slug="in-south")

    page = ask(region=str(places[0].pk), site=str(elsewhere.pk))

    selected = [attrs["value"] for attrs in page.all("option") if "selected" in attrs]
    assert selected == [str(places[0].pk)]
    assert "Choose one" in page.text


def test_a_value_that_is_no_key_narrows_nothing(ask, places):
    page = ask(region="no key")

    assert "Site of North" in page.text
    assert "Site of South" in page.text


def test_an_empty_list_says_that_nothing_fits(ask, places):
    empty = Region.objects.create(name="West", slug="west")

    assert "There are no sites that fit." in ask(region=str(empty.pk)).text


def test_fields_know_what_they_follow_also_by_way_of_others(ask, places):
    page = ask()

    triggers = {attrs["id"]: attrs["hx-trigger"] for attrs in page.all("div") if "hx-trigger" in attrs}
    heard = "change from:closest form target:"
    assert triggers["id_site_box"] == f"{heard}#id_region"
    assert triggers["id_device_box"] == f"{heard}#id_site, {heard}#id_region"
    assert "id_region_box" not in triggers


def test_the_chosen_object_is_not_checked_against_the_list(as_user, alice, job, places):
    """It is a convenience: the job may be given any object."""
    site = Site.objects.get(slug="in-south")

    response = as_user(alice).post(PAGE, {"region": str(places[0].pk), "site": str(site.pk)})

    assert response.status_code == 302
    assert JobResult.objects.get().inputs["site"] == str(site.pk)


def test_whoever_may_only_look_may_ask_for_lists(as_user, job, places):
    reader = cast.make_user("reader", "view_job")

    assert as_user(reader).post(PAGE, {"_reload": "1"}).status_code == 200
