"""Times by the clock of the reader: as the browser says, or as somebody chose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard_server.runs.models import JobResult
from jobyard_server.ui.reader_zone import CHOSEN, OF_BROWSER

pytestmark = pytest.mark.django_db
PREFERENCES = "/users/preferences/"
MOMENT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def result(db):
    made = cast.make_result(cast.make_job())
    JobResult.objects.filter(pk=made.pk).update(created=MOMENT)
    return made


def titles(browser):
    return [attrs["title"] for attrs in Page(browser.get("/extras/job-results/")).all("time")]


def test_without_anything_the_clock_is_the_servers(as_user, bob, result):
    assert titles(as_user(bob)) == ["2026-03-01 09:00:00 UTC"]


def test_the_zone_of_the_browser_is_followed_and_utc_told(as_user, bob, result):
    browser = as_user(bob)
    browser.cookies[OF_BROWSER] = "Asia/Tokyo"

    assert titles(browser) == ["2026-03-01 18:00:00 JST (2026-03-01 09:00:00 UTC)"]


def test_a_chosen_zone_wins_and_can_be_given_back(as_user, bob, result):
    browser = as_user(bob)
    browser.cookies[OF_BROWSER] = "Asia/Tokyo"

    browser.post(PREFERENCES, {"zone": "Europe/Berlin"})
    chosen = titles(browser)
    browser.post(PREFERENCES, {"zone": ""})

    assert chosen == ["2026-03-01 10:00:00 CET (2026-03-01 09:00:00 UTC)"]
    assert titles(browser)[0].startswith("2026-03-01 18:00:00 JST")


@pytest.mark.parametrize("cookie", ["nonsense", "../../etc/passwd", "<script>"])
def test_a_strange_cookie_changes_nothing(as_user, bob, result, cookie):
    browser = as_user(bob)
    browser.cookies[OF_BROWSER] = browser.cookies[CHOSEN] = cookie

    assert titles(browser) == ["2026-03-01 09:00:00 UTC"]


def test_a_zone_that_is_none_is_refused_at_its_field(as_user, bob):
    answer = as_user(bob).post(PREFERENCES, {"zone": "Mars/Base"})

    assert answer.status_code == 400
    assert "There is no such time zone." in Page(answer).text
    assert CHOSEN not in answer.cookies


def test_rest_keeps_its_clock(as_user, bob, result):
    browser = as_user(bob)
    browser.cookies[OF_BROWSER] = "Asia/Tokyo"

    answer = browser.get(f"/api/extras/job-results/{result.pk}/").json()

    assert datetime.fromisoformat(answer["created"]).utcoffset().total_seconds() == 0


def test_a_schedule_is_made_for_the_clock_of_the_reader(as_user, bob, worker):
    job = cast.make_job(scheduling_enabled=True)
    browser = as_user(bob)
    browser.cookies[OF_BROWSER] = "Asia/Tokyo"

    page = Page(browser.get(f"/extras/jobs/{job.class_path}/"))

    assert page.field("_schedule_time_zone")["value"] == "Asia/Tokyo"
