"""JOBS_ROOT: a saved file is a job."""

from __future__ import annotations

import re

from tests.e2e.installation import until

VERSION = """
from jobyard import Job


class Version(Job):
    def run(self, data, commit):
        return "{}"
"""


def test_a_saved_file_is_listed_edited_deleted_and_its_results_stay(installation):
    path = "local/version/Version"
    file = installation.save("version", VERSION.format("first"))
    until(installation.job_ids, lambda ids: path in ids, seconds=5)
    first = installation.run(path)
    assert first["data"]["output"] == "\nfirst"

    file.write_text(VERSION.format("second"))
    second = until(
        lambda: installation.run(path), lambda result: result["source"] != first["source"], seconds=10
    )
    assert second["data"]["output"] == "\nsecond"

    file.unlink()
    until(installation.job_ids, lambda ids: path not in ids, seconds=10)
    refused = installation.request("POST", f"/api/extras/jobs/{path}/run/", {})
    assert refused.status == 405
    assert refused.body == {"detail": "This job is not presently installed and cannot be run"}
    assert installation.result(first["id"])["data"]["output"] == "\nfirst"


def test_a_broken_save_keeps_the_last_good_version_and_says_where_it_is_broken(installation):
    path = "local/fragile/Version"
    file = installation.save("fragile", VERSION.format("good"))
    until(installation.job_ids, lambda ids: path in ids, seconds=5)
    record = f"/api/extras/jobs/{installation.get(f'/api/extras/jobs/{path}/')['pk']}/"

    file.write_text("from jobyard import Job\n\n\nclass Version(Job:\n")

    broken = until(lambda: installation.get(record), lambda job: job["load_error"] is not None, seconds=10)
    assert broken["load_error"]["path"] == "fragile.py"
    assert broken["load_error"]["line"] == 4
    assert "SyntaxError" in broken["load_error"]["message"]
    assert installation.run(path)["data"]["output"] == "\ngood"

    file.write_text(VERSION.format("mended"))
    until(lambda: installation.get(record), lambda job: job["load_error"] is None, seconds=10)
    assert installation.run(path)["data"]["output"] == "\nmended"
    file.unlink()


def test_hostile_imports_harm_only_themselves(installation):
    hostile = {
        "needs": "import surely_not_installed_anywhere\n",
        "exits": "import sys\nsys.exit()\n",
        "vanishes": "import os\nos._exit(0)\n",
        "shouts": "for _ in range(100):\n    print('x' * 1024 * 1024)\nraise ValueError('enough')\n",
    }
    for name, text in hostile.items():
        installation.save(name, text)
    installation.save("honest", VERSION.format("honest"))

    until(installation.job_ids, lambda ids: "local/honest/Version" in ids, seconds=20)

    assert installation.run("local/honest/Version")["status"]["value"] == "completed"
    page = installation.command("manage", "shell", "-v", "0", "-c", ERRORS).stdout
    assert "needs 1 ModuleNotFoundError" in page
    assert "exits 2 SystemExit" in page
    assert "vanishes None inspection ended without result" in page
    assert re.search(r"shouts [12] inspection printed more than 5 MB", page)
    for name in (*hostile, "honest"):
        (installation.jobs_root / f"{name}.py").unlink()


ERRORS = """
from jobyard_server.registry.models import Module
for module in Module.objects.exclude(load_error=None):
    print(module.name, module.load_error["line"], module.load_error["message"])
"""


def test_an_endless_import_is_ended(private_installation):
    installation = private_installation(JOBYARD_INSPECTION_TIMEOUT="1")
    installation.save("endless", "while True:\n    pass\n")
    installation.save("honest", VERSION.format("honest"))

    installation.start()

    until(installation.job_ids, lambda ids: "local/honest/Version" in ids, seconds=20)
    page = installation.command("manage", "shell", "-v", "0", "-c", ERRORS).stdout
    assert re.search(r"endless [12] inspection took longer than 1 second", page)


def test_a_dry_run_leaves_nothing_and_a_commit_run_does(installation):
    installation.save("regions", REGIONS)
    path = "local/regions/AddRegion"
    until(installation.job_ids, lambda ids: path in ids, seconds=5)

    dry = installation.run(path, {"name": "North"}, commit=False)
    assert dry["status"]["value"] == "completed"
    assert installation.get("/api/dcim/regions/?name=North")["count"] == 0

    real = installation.run(path, {"name": "North"}, commit=True)
    assert real["data_committed"] is True
    assert installation.get("/api/dcim/regions/?name=North")["count"] == 1


def test_a_failing_test_marks_the_run_failed_and_the_others_still_run(installation):
    installation.save("report", REPORT)
    path = "local/report/Report"
    until(installation.job_ids, lambda ids: path in ids, seconds=5)

    result = installation.run(path)

    assert result["status"]["value"] == "failed"
    assert result["data"]["test_one"]["failure"] == 1
    assert result["data"]["test_two"]["success"] == 1
    assert result["data"]["total"] == {"success": 1, "info": 0, "warning": 0, "failure": 1}


REGIONS = """
from jobyard import Job, StringVar
from nautobot.dcim.models import Region


class AddRegion(Job):
    name = StringVar()

    def run(self, data, commit):
        region = Region(name=data["name"], slug=data["name"].lower())
        region.validated_save()
        self.log_success(obj=region, message="Added")
"""
REPORT = """
from nautobot.extras.jobs import Job


class Report(Job):
    class Meta:
        read_only = True

    def test_one(self):
        self.log_failure(message="not good")

    def test_two(self):
        self.log_success(message="good")
"""
