"""Find a job, keep it at hand, trust it: in a browser, with scripts and without."""

from __future__ import annotations

import pytest
from tests.e2e.installation import PASSWORD, Installation, until

JOB = """
from jobyard import Job

name = "Finding"


class Needle(Job):
    class Meta:
        name = "The needle"
        has_sensitive_variables = False

    def run(self, data, commit):
        self.log_success(message="found")


class Hay(Job):
    class Meta:
        name = "Much hay"

    def run(self, data, commit):
        pass
"""
NEEDLE = "local/finding/Needle"


@pytest.fixture(scope="module")
def world(installation: Installation) -> Installation:
    installation.save("finding", JOB)
    until(installation.job_ids, lambda ids: NEEDLE in ids)
    installation.run(NEEDLE)
    return installation


@pytest.fixture
def visit(browser, world):
    """A browser of the administrator in which nothing is kept yet; options are those of its context."""
    contexts = []

    def log_in(**options):
        contexts.append(browser.new_context(base_url=world.url, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.goto("/login/")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("navigation", name="Main").wait_for()
        return page

    yield log_in
    for context in contexts:
        context.close()


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_job_is_found_kept_at_hand_and_let_go(visit, with_scripts):
    page = visit(java_script_enabled=with_scripts)
    page.goto("/extras/jobs/")
    page.get_by_role("searchbox").fill("needle")
    if not with_scripts:
        page.get_by_role("button", name="Filter").click()
    page.get_by_text("1 job matches").wait_for()
    assert page.get_by_role("link", name="Much hay").count() == 0

    page.get_by_role("button", name="Favourite: The needle", pressed=False).click()
    page.get_by_role("button", name="Favourite: The needle", pressed=True).wait_for()
    assert "q=needle" in page.url
    page.goto("/")
    page.get_by_role("complementary").get_by_role("link", name="The needle").click()
    page.get_by_role("link", name="History").click()
    page.get_by_text("The only run so far took").wait_for()

    page.get_by_role("button", name="Favourite: The needle", pressed=True).click()
    page.get_by_role("button", name="Favourite: The needle", pressed=False).wait_for()
    page.goto("/extras/jobs/?favourites=1")
    page.get_by_text("None of the favourites matches.").wait_for()


def test_times_follow_the_clock_of_the_browser(visit):
    page = visit(timezone_id="Asia/Tokyo")

    page.goto("/extras/jobs/")

    title = page.locator("time").first.get_attribute("title")
    assert " JST (" in title
    assert title.endswith(" UTC)")


def test_a_first_visit_is_light_and_the_second_is_the_page_alone(visit):
    page, missing = visit(), []
    page.on("response", lambda answer: answer.ok or missing.append(answer.url))
    for address in ("/", "/extras/jobs/", f"/extras/jobs/{NEEDLE}/", "/dcim/sites/"):
        first, second = loaded(page, address, fresh=True), loaded(page, address)

        assert missing == []
        assert sum(first.values()) < 250_000
        assert len(second) == 1, second


def loaded(page, address, *, fresh=False):
    """Bytes that came over the network, by request."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if fresh:
        session.send("Network.clearBrowserCache")
    found: dict[str, int] = {}
    session.on(
        "Network.loadingFinished",
        lambda event: found.__setitem__(event["requestId"], int(event["encodedDataLength"])),
    )
    page.goto(address, wait_until="networkidle")
    session.detach()
    return {request: size for request, size in found.items() if size}
