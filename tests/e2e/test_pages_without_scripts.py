"""Every main task in a browser that runs no scripts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.e2e.browsing import keep, opened
from tests.e2e.installation import PASSWORD, until
from tests.e2e.page_world import GIT_JOB
from tests.e2e.repositories import Repository

JOBS = '''
import time

from jobyard import *
from nautobot.dcim.models import Region, Site


class Plain(Job):
    """A region for a file."""

    class Meta:
        has_sensitive_variables = False

    region = ObjectVar(model=Region, required=False)
    site = ObjectVar(model=Site, query_params={"region_id": "$region"}, required=False)
    title = StringVar()

    def run(self, data, commit):
        Region.objects.create(name=data["title"], slug=data["title"].lower())
        self.log_info(message="made")
        self.log_warning(message="careful")


class Counts(Job):
    """Counts the letters of a file, when it is told to."""

    class Meta:
        has_sensitive_variables = False

    plan = FileVar()
    flag = StringVar()

    def run(self, data, commit):
        while not Region.objects.filter(slug=data["flag"]).exists():
            time.sleep(0.05)
        return f"{len(data['plan'].read())} letters"


class Approved(Job):
    class Meta:
        approval_required = True
        has_sensitive_variables = False

    def run(self, data, commit):
        self.log_success(message="it was allowed")
'''
AT = "/extras/jobs/local/plain_pages"


@pytest.fixture(scope="module")
def at(installation):
    """With jobs, and a second administrator."""
    installation.save("plain_pages", JOBS)
    wanted = {f"local/plain_pages/{name}" for name in ("Plain", "Counts", "Approved")}
    until(installation.job_ids, lambda ids: wanted <= ids)
    password = installation.folder / "password"
    password.write_text(PASSWORD)
    installation.command("user", "create", "bob", "--admin", "--password-file", str(password))
    return installation


@pytest.fixture(scope="module")
def page(browser, at):
    page = opened(browser, at, java_script_enabled=False)
    yield page
    page.context.close()


def region(at, name: str) -> str:
    answer = at.request("POST", "/api/dcim/regions/", {"name": name, "slug": name.lower()})
    return str(answer.body["id"])


def ended(page: Any, at: Any) -> dict[str, Any]:
    """The result whose page is shown, once it has ended."""
    return dict(at.finished(page.url.rstrip("/").rpartition("/")[2]))


def test_a_job_is_found_filled_in_remembered_and_run(at, page):
    status = at.get("/api/extras/statuses/?slug=active")["results"][0]["id"]
    site = {"name": "Plain site", "slug": "plain-site", "status": status, "region": region(at, "Plains")}
    assert at.request("POST", "/api/dcim/sites/", site).status == 201
    page.goto("/extras/jobs/")
    page.get_by_role("searchbox").fill("plain_pages Plain")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Plain", exact=True).click()
    page.get_by_label("Region").select_option(label="Plains")
    page.get_by_role("button", name="Update the lists").click()
    page.get_by_label("Site").select_option(label="Plain site")
    page.get_by_role("button", name="Run Job").click()
    page.get_by_text("One field needs another look.").wait_for()
    assert page.evaluate("document.activeElement.id") == "id_title"
    page.get_by_label("Title").fill("Kept")
    keep(page, "form-without-scripts")
    page.get_by_text("Remember these inputs").click()
    page.get_by_label("Name of the preset").fill("Without scripts")
    page.get_by_role("button", name="Save as a preset").click()
    page.get_by_role("link", name="Without scripts").wait_for()
    page.get_by_role("button", name="Run Job").click()

    ended(page, at)
    page.reload()
    page.get_by_text("Its changes were committed.").wait_for()
    page.get_by_label("Level").select_option("warning")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_text("Only warning rows").wait_for()
    assert page.locator(".jy-log-row").count() == 1
    keep(page, "result-without-scripts")


def test_a_dry_run_is_applied_and_run_again(at, page):
    page.goto(f"{AT}/Plain/?title=Tried")
    page.get_by_label("Commit changes").uncheck()
    page.get_by_role("button", name="Run Job").click()
    ended(page, at)
    page.reload()
    page.get_by_role("button", name="Apply").click()
    assert ended(page, at)["status"]["value"] == "completed"
    assert at.get("/api/dcim/regions/?slug=tried")["count"] == 1

    page.reload()
    page.get_by_role("link", name="Run again").click()
    assert page.get_by_label("Title").input_value() == "Tried"
    page.go_back()
    before = page.url
    page.get_by_role("button", name="Repeat exactly").click()
    assert page.url != before
    assert ended(page, at)["job_kwargs"]["data"]["title"] == "Tried"


def test_a_file_is_sent_and_the_result_seen_as_it_grows(at, page):
    page.goto(f"{AT}/Counts/?flag=counted")
    page.get_by_label("Plan").set_input_files(
        {"name": "plan.csv", "mimeType": "text/csv", "buffer": b"a,b\n"}
    )
    page.get_by_role("button", name="Run Job").click()
    page.get_by_role("link", name="Refresh").wait_for()
    region(at, "Counted")
    ended(page, at)

    page.get_by_role("link", name="Refresh").click()

    page.get_by_text("4 letters").wait_for()


def test_a_run_is_cancelled(at, page):
    page.goto(f"{AT}/Counts/?flag=never")
    page.get_by_label("Plan").set_input_files(
        {"name": "plan.csv", "mimeType": "text/csv", "buffer": b"a,b\n"}
    )
    page.get_by_role("button", name="Run Job").click()

    page.get_by_role("button", name="Cancel").click()

    assert ended(page, at)["status"]["value"] == "cancelled"
    page.reload()
    page.locator("#run-facts .jy-status-cancelled").wait_for()
    keep(page, "cancelled")


def test_a_run_is_scheduled(at, page):
    page.goto(f"{AT}/Plain/?title=Weekly")
    page.get_by_text("Run later").click()
    page.get_by_label("When").select_option("custom")
    page.get_by_label("Name of the schedule").fill("Weekdays")
    page.get_by_label("Crontab").fill("0 3 * * 1-5")
    page.get_by_role("button", name="Run Job").click()

    page.get_by_text("Weekdays is scheduled.").wait_for()
    page.get_by_role("heading", name="Next times").wait_for()
    keep(page, "schedule")
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Enable").wait_for()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Weekdays was deleted.").wait_for()


def test_a_request_is_approved_by_somebody_else(at, page, browser):
    page.goto(f"{AT}/Approved/")
    page.get_by_role("button", name="Run Job").click()
    page.get_by_text("somebody else has to approve it").wait_for()

    other = opened(browser, at, "bob", java_script_enabled=False)
    other.get_by_role("heading", name="Waiting for your approval").wait_for()
    other.locator(".jy-schedule-line", has_text="Approved").get_by_role("link").first.click()
    keep(other, "approval")
    other.get_by_role("button", name="Approve").click()
    other.get_by_text("is approved.").wait_for()
    other.context.close()
    newest = "/api/extras/job-results/?limit=20"
    until(
        lambda: {row["name"] for row in at.get(newest)["results"]},
        lambda names: "local/plain_pages/Approved" in names,
    )


def test_a_repository_is_added_synced_rolled_back_and_told_of_pushes(at, page, tmp_path):
    repository = Repository(tmp_path / "remote")
    repository.push("Add a job", first=GIT_JOB.format(name="First"))
    page.goto("/extras/git-repositories/add/")
    page.get_by_label("Name", exact=False).first.fill("Plain repo")
    page.get_by_label("Remote URL").fill(repository.url)
    page.get_by_role("button", name="Add and sync").click()
    page.get_by_text("Plain repo was added").wait_for()
    until(at.job_ids, lambda ids: "git.plain-repo/first/First" in ids)

    repository.push("Rename it", first=GIT_JOB.format(name="Other"))
    page.reload()
    page.get_by_role("button", name="Sync now").click()
    ended(page, at)
    page.get_by_role("link", name="Plain repo").first.click()
    page.get_by_role("link", name="Rename it").wait_for()
    keep(page, "sync")

    page.get_by_role("button", name="Roll back").first.click()
    page.get_by_text("is in quarantine: rolled back by admin").wait_for()
    keep(page, "rollback")

    page.get_by_role("link", name="Webhooks and access").click()
    page.get_by_label("Add a webhook for").select_option("gitlab")
    page.get_by_role("button", name="Make address and secret").click()
    assert page.get_by_label("Secret token").input_value()
    page.get_by_role("button", name="Test call").click()
    page.get_by_text("The test call was taken; a sync follows.").wait_for()


def test_a_permission_and_a_token_are_made(at, page):
    page.goto("/users/permissions/add/")
    page.get_by_label("Name", exact=False).first.fill("Plain readers")
    page.get_by_label("Object types").select_option(label="extras > job")
    page.get_by_label("Actions").select_option(["view", "run"])
    page.get_by_label("Users").select_option(label="bob")
    keep(page, "permission")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Plain readers").wait_for()

    page.goto("/users/tokens/add/")
    page.get_by_label("Description").fill("Of the plain pages")
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_label("Token").input_value()
    keep(page, "token")
    assert at.request("GET", "/api/extras/jobs/", token=token).status == 200
