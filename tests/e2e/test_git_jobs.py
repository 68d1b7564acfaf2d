"""Git push, and the job is live: listed, run by REST, by the command line and by a browser."""

from __future__ import annotations

import pytest
from tests.e2e.installation import PASSWORD, until

GREET = """
from helpers import greeting
from nautobot.extras.jobs import IntegerVar, Job, StringVar

name = "Greetings"


class Greet(Job):
    class Meta:
        name = "Greet somebody"
        has_sensitive_variables = False

    who = StringVar(description="Whom to greet")
    times = IntegerVar(default=1, min_value=1, max_value=9)

    def run(self, data, commit):
        import time

        for number in range(data["times"]):
            self.log_info(message=f"{number + 1}: {greeting(data['who'])}")
            time.sleep(0.3)
        self.log_success(message="done")
        return greeting(data["who"])
"""
HELPERS = """
def greeting(who):
    return f"Hello, {who}!"
"""


@pytest.fixture(scope="module")
def git_job(installation, tmp_path_factory):
    """A pushed and synced repository; its class path."""
    from tests.e2e.repositories import Repository

    repository = Repository(tmp_path_factory.mktemp("git") / "repository")
    repository.push(greet=GREET, helpers=HELPERS)
    installation.command("repo", "add", "Greetings", repository.url)
    path = "git.greetings/greet/Greet"
    until(installation.job_ids, lambda ids: path in ids)
    return path, repository


def sync(installation, slug: str) -> dict:
    """A sync by REST, followed to its end."""
    found = installation.get(f"/api/extras/git-repositories/?slug={slug}")["results"][0]
    answer = installation.request("POST", f"/api/extras/git-repositories/{found['id']}/sync/")
    assert answer.status == 200
    assert answer.body["message"] == f"Repository {found['name']} sync job added to queue."
    return installation.finished(answer.body["job_result"]["id"])


def test_a_pushed_job_runs_by_rest_with_inputs(installation, git_job):
    path, _ = git_job

    result = installation.run(path, {"who": "Bob", "times": 2})

    assert result["status"]["value"] == "completed"
    assert result["data"]["output"] == "\nHello, Bob!"
    assert installation.messages(result["id"])[:3] == ["1: Hello, Bob!", "2: Hello, Bob!", "done"]
    assert result["source"]["type"] == "git"
    assert result["source"]["name"] == "greetings"
    assert result["source"]["path"] == "jobs/greet.py"


def test_a_pushed_job_runs_by_the_command_line(installation, git_job):
    path, _ = git_job

    done = installation.command("runjob", path, "--data", '{"who": "Bob"}')

    assert f"Running {path}..." in done.stdout
    assert "\tinfo: 1: Hello, Bob!" in done.stdout
    assert f"{path}: SUCCESS" in done.stdout


def test_wrong_inputs_are_refused_at_every_door(installation, git_job):
    path, _ = git_job

    by_rest = installation.request("POST", f"/api/extras/jobs/{path}/run/", {"data": {"times": 99}})
    by_command = installation.command("runjob", path, "--data", '{"who": "Bob", "times": 99}', check=False)

    assert by_rest.status == 400
    assert by_rest.body == {
        "errors": {
            "who": ["This field is required."],
            "times": ["Ensure this value is less than or equal to 9."],
        }
    }
    assert by_command.returncode == 2
    assert "times: Ensure this value is less than or equal to 9." in by_command.stderr


def test_a_push_and_a_sync_bring_new_code_and_a_broken_push_takes_nothing_away(installation, git_job):
    path, repository = git_job
    commit = repository.push(helpers=HELPERS.replace("Hello", "Welcome"))

    assert sync(installation, "greetings")["status"]["value"] == "completed"
    fresh = installation.run(path, {"who": "Bob"})
    assert fresh["data"]["output"] == "\nWelcome, Bob!"
    assert fresh["source"]["commit"] == commit

    repository.push(greet="import surely_not_installed_anywhere\n")
    broken = sync(installation, "greetings")
    assert broken["status"]["value"] == "failed"
    kept = installation.run(path, {"who": "Bob"})
    assert kept["data"]["output"] == "\nWelcome, Bob!"
    assert kept["source"]["commit"] == commit

    repository.push(greet=GREET, helpers=HELPERS)  # as it was: other tests go on from here
    assert sync(installation, "greetings")["status"]["value"] == "completed"


def test_an_unknown_branch_is_an_error_on_the_repository_and_nothing_is_lost(installation, git_job):
    path, _ = git_job
    found = installation.get("/api/extras/git-repositories/?slug=greetings")["results"][0]
    address = f"/api/extras/git-repositories/{found['id']}/"
    installation.request("PATCH", address, {"branch": "nowhere"})

    failed = sync(installation, "greetings")

    assert failed["status"]["value"] == "errored"
    assert any(
        "Please create branch 'nowhere' in upstream" in text for text in installation.messages(failed["id"])
    )
    assert path in installation.job_ids()
    installation.request("PATCH", address, {"branch": "main"})
    assert sync(installation, "greetings")["status"]["value"] == "completed"


def test_a_repository_that_cannot_be_reached_says_so(installation, tmp_path):
    answer = installation.request(
        "POST",
        "/api/extras/git-repositories/",
        {"name": "Gone", "remote_url": f"file://{tmp_path}/nothing.git", "provided_contents": ["extras.job"]},
    )
    assert answer.status == 201

    failed = sync(installation, "gone")

    assert failed["status"]["value"] == "errored"
    assert installation.messages(failed["id"])[-1].startswith("Error while refreshing Gone:")


def test_a_browser_fills_the_form_runs_the_job_and_reads_the_rows_as_they_come(
    installation, git_job, browser
):
    path, _ = git_job
    page = browser.new_page()
    page.goto(f"{installation.url}/extras/jobs/{path}/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    page.get_by_label("Who").fill("Carol")
    page.get_by_label("Times").fill("6")
    page.get_by_role("button", name="Run Job").click()

    page.get_by_text("1: Hello, Carol!").wait_for()
    assert page.get_by_text("done", exact=True).count() == 0, "the rows came only at the end"
    page.get_by_text("6: Hello, Carol!").wait_for()
    page.get_by_text("done", exact=True).wait_for()
    page.get_by_text("Completed").first.wait_for()
    assert page.get_by_text("1: Hello, Carol!").count() == 1
