"""An installation in which every page has something to show, and the address of each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse
from tests.e2e.installation import Installation, until
from tests.e2e.repositories import Repository

import jobyard_server.ui.urls

JOBS = '''
import time

from jobyard import *
from nautobot.dcim.models import Manufacturer, Region, Site
from nautobot.extras.jobs import JobButtonReceiver

name = "Page tests"


class Everything(Job):
    """One of each control."""

    class Meta:
        has_sensitive_variables = False
        task_queues = ["default", "slow"]
        fieldsets = [("Where", ["region", "site"]), ("Network", ["address", "prefix"])]

    region = ObjectVar(model=Region, required=False, null_option="Anywhere")
    site = ObjectVar(model=Site, query_params={"region_id": "$region"}, required=False)
    makers = MultiObjectVar(model=Manufacturer, required=False)
    address = IPAddressVar(required=False)
    prefix = IPNetworkVar(required=False)
    title = StringVar(description="What it is called", max_length=20)
    tick = BooleanVar()
    colour = ChoiceVar(choices=[["r", "Red"], ["b", "Blue"]], default="r")
    colours = MultiChoiceVar(choices=[["r", "Red"], ["b", "Blue"]], required=False)
    extra = JSONVar(required=False)
    day = DateVar(required=False)

    def run(self, data, commit):
        self.log_success(obj=Region.objects.first(), message="**bold**, `code` and a [link](/)")
        self.log_warning(message="careful")
        self.create_file("report.txt", "well")
        Region.objects.create(name=f"Region {data['title']}", slug=data["title"].lower())
        return "The output of " + data["title"]


class Long(Job):
    """Nothing of it fits into a line."""

    class Meta:
        name = "Averylongname" * 7
        description = "Averylongdescription" * 40
        has_sensitive_variables = False
        fieldsets = [("Averylongheading" * 10, ["averylongvariable_" * 5])]

    locals()["averylongvariable_" * 5] = StringVar(
        label="Averylonglabel" * 15, description="Averylonghelp" * 30, default="Averylongdefault" * 20
    )
    choice = ChoiceVar(choices=[["x", "Averylongchoice" * 20]], default="x")
    choices = MultiChoiceVar(choices=[["x", "Averylongchoice" * 20]], default=["x"])

    def run(self, data, commit):
        self.progress(1, 2, "Averylongstep" * 20)
        self.log_info(message="Averylongmessage" * 200)
        self.log_info(message="| a | b |\\n|---|---|\\n| " + "Averylongcell" * 40 + " | x |")
        self.log_info(message="```\\n" + "Averylongline" * 60 + "\\n```")
        self.create_file("averylongfilename" * 10 + ".txt", "x")
        return "Averylongoutput" * 60

    def test_averylonggroup_averylonggroup_averylonggroup_averylonggroup_averylonggroup(self):
        self.log_failure(message="failed")


class Pressed(JobButtonReceiver):
    def receive_job_button(self, obj):
        self.log_success(obj, "pressed")


class Watched(Job):
    """Goes on until a region of its name is there."""

    class Meta:
        has_sensitive_variables = False

    flag = StringVar()
    plan = FileVar(required=False)

    def run(self, data, commit):
        for number in range(1, 31):
            self.progress(number, 40, f"step {number}")
            self.log_info(message=f"line {number}")
        while not Region.objects.filter(slug=data["flag"]).exists():
            time.sleep(0.05)
        for number in range(31, 41):
            self.log_info(message=f"line {number}")
        return "ended"

    def test_it(self):
        self.log_success(message="fine")
'''
GIT_JOB = "from jobyard import Job\n\n\nclass {name}(Job):\n    def run(self, data, commit):\n        pass\n"
PATH, LONG = "local/page_tests/Everything", "local/page_tests/Long"

#: Names of addresses that are no pages: they act, redirect, or answer with a piece or a file.
NO_PAGES = {
    *("log_out", "show_new_rows", "show_output", "cancel_result", "run_result_again", "apply_result"),
    *("find_result", "list_choices", "sync_repository", "show_newest_sync", "add_hook", "rotate_hook"),
    *("test_hook", "switch_hook", "remove_hook", "confirm_host_key", "switch_schedule", "decide_schedule"),
    *("show_live_sync", "unpin_repository", "confirm_push", "roll_back", "pin_repository"),
    *("unpin_source", "roll_back_source", "pin_source"),
    *("enter_code", "set_up_to_log_in"),  # only between password and log-in: test_second_factor.py
    *("compare_revisions", "make_sample_network", "export_rows", "import_template", "delete_rows"),
    *("delete_token", "mark_favourite", "refresh_source", "revoke_key", "show_picture"),
}


class PageWorld:
    """Rows of every kind, made through the doors that users have."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.at = installation
        self.watched = "local/page_tests/Watched"
        installation.save("page_tests", JOBS)
        installation.save("page_broken", "import surely_not_installed\n")
        until(installation.job_ids, lambda ids: {PATH, LONG, self.watched} <= ids)
        self.region = self._put("/api/dcim/regions/", {"name": "Pages", "slug": "pages"})
        status = installation.get("/api/extras/statuses/?slug=active")["results"][0]["id"]
        site = {"name": "Page site", "slug": "page-site", "status": "active", "region": self.region}
        self.site = self._put("/api/dcim/sites/", site | {"status": status})
        makers = [{"name": f"Maker {number}", "slug": f"maker-{number}"} for number in range(130)]
        assert installation.request("POST", "/api/dcim/manufacturers/", makers).status == 201
        self._push(folder)
        self.ended = installation.run(PATH, {"title": "Ended"}, commit=True)["id"]
        self.dry = installation.run(PATH, {"title": "Dry"}, commit=False)["id"]
        self.long = installation.run(LONG)["id"]
        self.schedule = self._scheduled()

    def _put(self, path: str, body: dict[str, Any]) -> str:
        answer = self.at.request("POST", path, body)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def _push(self, folder: Path) -> None:
        repository = Repository(folder)
        repository.push("Add a job", first=GIT_JOB.format(name="First"))
        self.at.command("repo", "add", "Page repo", repository.url)
        repository.push("Break one", first=GIT_JOB.format(name="Other"), second="import not_there\n")
        self.at.command("repo", "sync", "page-repo", check=False)
        self.slug = "page-repo"
        (row,) = self.at.get(f"/api/extras/git-repositories/?slug={self.slug}")["results"]
        events = self.at.get(f"/api/extras/git-repositories/{row['id']}/revisions/")["results"]
        self.new, self.old = events[0]["revision"]["id"], events[-1]["revision"]["id"]

    def _scheduled(self) -> str:
        start = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        schedule = {"name": "Nightly", "interval": "daily", "start_time": start}
        body = {"data": {"title": "Later"}, "commit": False, "schedule": schedule}
        answer = self.at.request("POST", f"/api/extras/jobs/{PATH}/run/", body)
        assert answer.status == 200, answer
        return str(answer.body["schedule"]["id"])

    def first(self, path: str) -> str:
        return str(self.at.get(path)["results"][0]["id"])

    def _preset(self) -> str:
        code = (
            "from jobyard_server.access.models import User;"
            "from jobyard_server.presets.models import JobPreset;"
            "from jobyard_server.registry.lookup import find_job;"
            f"row = JobPreset(job_model=find_job({PATH!r}), user=User.objects.get(username='admin'));"
            "row.name, row.commit, row.inputs = 'Of the pages', True, {'title': 'Kept', 'gone': 1};"
            "row.save(); print(row.pk)"
        )
        return self.at.command("manage", "shell", "-v", "0", "-c", code).stdout.split()[-1]

    def _button(self) -> str:
        job = self.at.get("/api/extras/jobs/local/page_tests/Pressed/")["pk"]
        for number, group in enumerate(("", "More")):
            body = {
                "name": f"Press {number}",
                "job": job,
                "content_types": ["dcim.site"],
                "group_name": group,
            }
            made = self._put("/api/extras/job-buttons/", body | {"text": "Press on {{ obj.name }}"})
        return made

    def addresses(self) -> dict[str, list[str]]:
        """The addresses of each page that needs to be told which row, by name."""
        git, jobs = f"/extras/git-repositories/{self.slug}/", "/extras/jobs/"
        results = f"{jobs}results/"
        user, group = self.first("/api/users/users/"), self._put("/api/users/groups/", {"name": "Pagers"})
        right = {"name": "Pages", "object_types": ["extras.job"], "actions": ["view"]}
        permission = self._put("/api/users/permissions/", right)
        sites, preset = "/dcim/sites/", self._preset()
        return {
            "show_job": [
                f"{jobs}{LONG}/",
                f"{jobs}{PATH}/",
                f"{jobs}{PATH}/?preset={preset}",
                f"{jobs}{self.watched}/",
            ],
            "show_job_source": [f"{jobs}{PATH}/source/", f"{jobs}git.{self.slug}/first/Other/source/"],
            "show_job_history": [f"{jobs}{PATH}/history/", f"{jobs}{self.watched}/history/"],
            "show_job_inputs": [f"{jobs}{PATH}/inputs/", f"{jobs}{LONG}/inputs/"],
            "show_job_revisions": [
                f"{jobs}{PATH}/revisions/",
                f"{jobs}{LONG}/revisions/",
                f"{jobs}git.{self.slug}/first/Other/revisions/",
            ],
            "show_result": [
                f"{results}{self.long}/",
                f"{results}{self.ended}/?line=1",
                f"{results}{self.dry}/",
            ],
            "show_plan": [f"{results}{self.dry}/plan/"],
            "press_button": [
                f"/extras/job-buttons/{self._button()}/press/?object_type=dcim.site&object_id={self.site}"
            ],
            "show_preset": [f"/extras/job-presets/{preset}/"],
            "delete_preset": [f"/extras/job-presets/{preset}/delete/"],
            "show_repository": [git],
            "edit_repository": [f"{git}edit/"],
            "delete_repository": [f"{git}delete/"],
            "show_remote_access": [f"{git}remote/"],
            "show_schedule": [f"/extras/scheduled-jobs/{self.schedule}/"],
            "delete_schedule": [f"/extras/scheduled-jobs/{self.schedule}/delete/"],
            "show_revision": [f"/extras/revisions/{self.new}/"],
            "show_differences": [f"/extras/revisions/{self.old}/differences/{self.new}/"],
            "show_change": [f"/extras/object-changes/{self.first('/api/extras/object-changes/')}/"],
            "list_changes_of": [f"{sites}{self.site}/changelog/"],
            "show_source": ["/extras/sources/local/"],
            "edit_user": [f"/users/users/{user}/"],
            "delete_user": [f"/users/users/{user}/delete/"],
            "edit_group": [f"/users/groups/{group}/"],
            "delete_group": [f"/users/groups/{group}/delete/"],
            "edit_permission": [f"/users/permissions/{permission}/"],
            "delete_permission": [f"/users/permissions/{permission}/delete/"],
            "list_rows": [sites, "/dcim/cables/"],
            "filter_rows": [f"{sites}filters/"],
            "add_row": [f"{sites}add/"],
            "import_rows": [f"{sites}import/"],
            "show_row": [f"{sites}{self.site}/"],
            "edit_row": [f"{sites}{self.site}/edit/"],
            "delete_row": [f"{sites}{self.site}/delete/"],
        }


def page_names() -> list[str]:
    """Every name of the addresses of the pages."""
    return sorted({name for name in _names(jobyard_server.ui.urls.urlpatterns) if name not in NO_PAGES})


def plain_address(name: str) -> str:
    """The address of a page that needs no row; empty for one that does."""
    try:
        return reverse(f"ui:{name}")
    except NoReverseMatch:
        return ""


def _names(patterns: list[Any]) -> list[str]:
    found: list[str] = []
    for item in patterns:
        if isinstance(item, URLResolver):
            found += _names(item.url_patterns)
        elif isinstance(item, URLPattern) and item.name:
            found.append(item.name)
    return found
