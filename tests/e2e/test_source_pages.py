"""A bad push and the way back, in a browser."""

from __future__ import annotations

import pytest
from tests.e2e.installation import PASSWORD, Installation, until
from tests.e2e.repositories import Repository

JOB = """
from jobyard import Job, StringVar


class {name}(Job):
    who = StringVar(description="Whom")

    def run(self, data, commit):
        self.log_info(message="hello")
"""


@pytest.fixture(scope="module")
def pushed(installation: Installation, tmp_path_factory) -> Repository:
    """A repository of which one module does not load in the newest commit."""
    repository = Repository(tmp_path_factory.mktemp("git") / "pages")
    repository.push("Add two jobs", first=JOB.format(name="First"), second=JOB.format(name="Second"))
    installation.command("repo", "add", "Pages", repository.url)
    repository.push("Break one", first=JOB.format(name="Other"), second="import surely_not_installed\n")
    installation.command("repo", "sync", "pages", check=False)
    return repository


@pytest.fixture
def page(installation: Installation, browser):
    """A page of the administrator, wide and light."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{installation.url}/login/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    yield page
    context.close()


def test_a_bad_push_is_seen_rolled_back_and_stays_away(installation, pushed, page):
    page.goto(f"{installation.url}/extras/git-repositories/pages/")
    page.get_by_text("second does not load").wait_for()
    page.locator(".jy-code-marked", has_text="import surely_not_installed").wait_for()

    page.get_by_role("button", name="Roll back").first.click()

    page.get_by_text("is in quarantine: rolled back by admin").wait_for()
    page.get_by_text("Visible on every worker").wait_for()
    until(installation.job_ids, lambda ids: "git.pages/first/First" in ids)
    installation.command("repo", "sync", "pages")
    assert "git.pages/first/Other" not in installation.job_ids()

    pushed.push("Mend it", first=JOB.format(name="Mended"), second=JOB.format(name="Second"))
    installation.command("repo", "sync", "pages")
    assert "git.pages/first/Mended" in installation.job_ids()
    page.reload()
    assert page.get_by_text("is in quarantine").count() == 0


def test_the_steps_of_syncs_are_measured_up_to_the_last_worker(installation, pushed):
    def seen() -> bool:
        text = installation.request("GET", "/metrics").body
        return 'jobyard_sync_step_seconds_count{step="show"}' in text and (
            'jobyard_sync_step_seconds_bucket{le="+Inf",step="total"}' in text
        )

    until(seen, bool)
