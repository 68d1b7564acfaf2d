"""What the run form does beyond its fields: groups, searches in long lists, checks while one types."""

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
def many_sites(monkeypatch):
    """More sites than a list of the form holds."""
    monkeypatch.setattr("jobyard_server.ui.run_form.object_choices.MOST", 2)
    active = Status.objects.get_or_create(slug="active", defaults={"name": "Active"})[0]
    north, south = (Region.objects.create(name=name, slug=name.lower()) for name in ("North", "South"))
    for name, region in (("Ams", north), ("Ber", north), ("Cph", south), ("Dub", south)):
        Site.objects.create(name=name, slug=name.lower(), status=active, region=region)
    return {"north": north, "south": south}


@pytest.fixture
def job(worker):
    return cast.make_job(
        variable("ObjectVar", "region", model="dcim.region", required=False),
        variable("ObjectVar", "site", model="dcim.site", query_params={"region_id": "$region"}),
        variable("IPNetworkVar", "prefix", required=False),
        variable("StringVar", "pw", secret=True, min_length=4, required=False),
    )


def offered(page):
    return [word for word in page.words if word in ("Ams", "Ber", "Cph", "Dub")]


def test_fields_stand_under_the_headings_of_their_author(as_user, alice, worker):
    cast.make_job(
        *(variable("StringVar", name) for name in ("one", "two", "three")),
        fieldsets=[["Where", ["two", "nothing", "two"]], ["Empty", ["gone"]]],
    )

    page = Page(as_user(alice).get(PAGE))

    names = [attrs["name"] for tag, attrs in page.elements if tag in cast.CONTROLS and attrs.get("id")]
    assert names[:4] == ["two", "one", "three", "_commit"]
    assert len(page.all("fieldset")) == len(page.all("legend")) == 1
    assert "Where" in page.words


def test_a_long_list_is_searched_without_scripts_and_nothing_runs(as_user, alice, job, many_sites):
    browser = as_user(alice)
    first = Page(browser.get(PAGE))

    found = Page(browser.post(PAGE, {"_search_site": "du", "_searched_site": ""}))

    assert offered(first) == ["Ams", "Ber"]
    assert "search" in {attrs.get("type") for attrs in first.all("input", name="_search_site")}
    assert offered(found) == ["Dub"]
    assert found.field("_searched_site")["value"] == "du"
    assert not JobResult.objects.exists()
    chosen = str(Site.objects.get(slug="dub").pk)
    browser.post(PAGE, {"_search_site": "du", "_searched_site": "du", "site": chosen})
    assert JobResult.objects.get().inputs["site"] == chosen


def test_a_long_list_is_searched_as_one_types_within_what_is_chosen(as_user, alice, job, many_sites):
    browser = as_user(alice)
    address = Page(browser.get(PAGE)).field("site")["data-source"]

    def search(**query):
        return [row["display"] for row in browser.get(address, query).json()["results"]]

    assert search(q="b") == ["Ber", "Dub"]
    assert search(q="b", region=str(many_sites["south"].pk)) == ["Dub"]
    assert search(q="nothing like it") == []


def test_searches_show_only_what_one_may_see(as_user, bob, job, many_sites):
    browser = as_user(bob)

    assert browser.get(f"{PAGE}choices/site/").json()["results"] == []
    assert browser.get(f"{PAGE}choices/prefix/").status_code == 404
    assert browser.get("/extras/jobs/local/example/None/choices/site/").status_code == 404
    assert as_user(cast.make_user("nobody")).get(f"{PAGE}choices/site/").status_code == 403


def test_long_lists_cost_the_same_as_short_ones(
    as_user, alice, job, many_sites, django_assert_max_num_queries
):
    browser = as_user(alice)
    browser.get(PAGE)
    with django_assert_max_num_queries(20):
        browser.get(PAGE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ""),
        ("10.0.0.0/24", ""),
        ("10.0.0.1/24", "10.0.0.1/24 is not a valid prefix. Did you mean 10.0.0.0/24?"),
        ("10.0.0", "CIDR mask (e.g. /24) is required."),
    ],
)
def test_an_input_is_checked_by_the_rules_of_a_run(as_user, alice, job, text, message):
    response = as_user(alice).post(PAGE, {"_check": "prefix", "prefix": text})

    assert response.status_code == 200
    assert " ".join(Page(response).words) == message
    assert not JobResult.objects.exists()


def test_secrets_are_not_checked_while_they_are_typed(as_user, alice, job):
    browser = as_user(alice)

    control = Page(browser.get(PAGE)).field("pw")

    assert "hx-post" not in control
    assert browser.post(PAGE, {"_check": "pw", "pw": "abc"}).status_code == 404
    assert browser.post(PAGE, {"_check": "nothing"}).status_code == 404


def test_the_summary_leads_to_the_fields(as_user, alice, job):
    page = Page(as_user(alice).post(PAGE, {"prefix": "x"}))

    links = [attrs["href"] for attrs in page.all("a") if attrs.get("href", "").startswith("#id_")]
    assert links == ["#id_site", "#id_prefix"]
