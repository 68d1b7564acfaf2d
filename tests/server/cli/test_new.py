"""`jobyard new`: what it makes passes its own check and its own tests, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

JOBYARD = Path(sys.executable).with_name("jobyard")
SITES = """
from nautobot.dcim.models import Site
from nautobot.extras.jobs import Job, ObjectVar, StringVar
from nautobot.extras.models import Status


class Opens(Job):
    name = StringVar()

    def run(self, data, commit):
        active = Status.objects.get(slug="active")
        site = Site(name=data["name"], slug="ghent", status=active)
        site.validated_save()
        self.log_success(site, "opened")


class Visits(Job):
    site = ObjectVar(model=Site)

    def run(self, data, commit):
        return data["site"].name
"""
TEST_SITES = """
import pytest
from jobyard.errors import InputErrors


def test_a_commit_run_opens_the_site(load_jobs, run_job, inventory):
    jobs = load_jobs("../jobs/sites.py")
    assert run_job(jobs.Opens, {"name": "Ghent"}, commit=True).status == "completed"
    assert jobs.Site.objects.count() == 1


def test_a_dry_run_does_not_and_the_other_test_left_nothing(load_jobs, run_job, inventory):
    jobs = load_jobs("../jobs/sites.py")
    assert run_job(jobs.Opens, {"name": "Ghent"}, commit=False).status == "completed"
    assert jobs.Site.objects.count() == 0


def test_inputs_are_checked_as_on_a_server(load_jobs, run_job, inventory):
    jobs = load_jobs("../jobs/sites.py")
    site = jobs.Site.objects.create(name="Ghent", slug="ghent")
    assert run_job(jobs.Visits, {"site": {"slug": "ghent"}}).output.strip() == "Ghent"
    key = str(site.pk)
    site.delete()
    with pytest.raises(InputErrors, match="That choice is not one of the available choices"):
        run_job(jobs.Visits, {"site": key})


def test_without_the_fixture_it_says_what_is_missing(load_jobs, run_job):
    run = run_job(load_jobs("../jobs/sites.py").Opens, {"name": "Ghent"}, commit=True)
    assert "let it take the fixture `inventory`" in str(run)
"""


def run(*command: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def repository(tmp_path):
    done = run(JOBYARD, "new", "acme-jobs", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "acme-jobs"


def test_what_it_makes_passes_check_and_tests(repository):
    checked = run(JOBYARD, "check", ".", folder=repository)
    tested = run(sys.executable, "-m", "pytest", "-q", "-W", "error", folder=repository)

    assert checked.returncode == 0, checked.stdout
    assert "1 module, 1 job, 0 errors" in checked.stdout
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout
    assert "acme-jobs" in (repository / "README.md").read_text()
    assert "jobyard check ." in (repository / ".github/workflows/jobs.yml").read_text()


def test_a_job_on_the_inventory_is_tested_without_a_server(repository):
    (repository / "jobs" / "sites.py").write_text(SITES)
    (repository / "tests" / "test_sites.py").write_text(TEST_SITES)

    done = run(sys.executable, "-m", "pytest", "-q", "-W", "error", "tests/test_sites.py", folder=repository)

    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_nothing_is_overwritten(repository):
    (repository / "jobs" / "hello.py").write_text("mine")
    (repository / "README.md").unlink()

    done = run(JOBYARD, "new", repository, folder=repository)

    assert done.returncode == 2
    assert "jobs/hello.py" in done.stderr
    assert "nothing was written" in done.stderr
    assert (repository / "jobs" / "hello.py").read_text() == "mine"
    assert not (repository / "README.md").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    done = run(JOBYARD, "new", tmp_path / "file" / "jobs", folder=tmp_path)

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
