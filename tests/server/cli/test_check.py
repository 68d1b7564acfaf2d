"""`jobyard check`: what a server would make of a folder, without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

GOOD = """\
from jobyard import IntegerVar, Job, StringVar
from nautobot.dcim.models import Site


class CreateSites(Job):
    class Meta:
        name = "Create sites"

    prefix = StringVar()
    number = IntegerVar(default=3)

    def run(self, data, commit):
        Site.objects.create(name=data["prefix"])

    def test_names(self):
        pass
"""


def check(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with no setting at all: it must not need any."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOBYARD_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "from jobyard_sync.cli import main; main()", "check", str(folder), *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout" / "jobs"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "sites.py").write_text(GOOD)
    return folder


def test_good_files_are_described_job_by_job(jobs):
    done = check(jobs.parent)

    assert done.stdout == (
        "jobs/sites.py\n"
        "  CreateSites (line 5): Create sites\n"
        "    prefix StringVar required\n"
        "    number IntegerVar required default 3\n"
        "    test: test_names\n"
        "1 module, 1 job, 0 errors\n"
    )
    assert done.returncode == 0


def test_the_folder_of_job_files_itself_will_do(jobs):
    assert "sites.py\n" in check(jobs).stdout


def test_an_error_has_file_line_and_traceback_and_the_others_are_described(jobs):
    (jobs / "broken.py").write_text("import json\nx = undefined\n")

    done = check(jobs.parent)

    assert "  error: jobs/broken.py:2: NameError: name 'undefined' is not defined\n" in done.stdout
    assert "CreateSites" in done.stdout
    assert done.stdout.endswith("2 modules, 1 job, 1 error\n")
    assert done.returncode == 1


def test_programs_get_json_whatever_the_job_files_print(jobs):
    (jobs / "loud.py").write_text("print('noise')\n")

    done = check(jobs.parent, "--format", "json")

    found = json.loads(done.stdout)
    assert [module["module"] for module in found["modules"]] == ["loud", "sites"]
    assert found["errors"] == 0
    assert done.stderr == "noise\n"


@pytest.mark.parametrize("code", ["import os\nos._exit(0)\n", "import os\nos.kill(os.getpid(), 9)\n"])
def test_a_file_that_ends_the_process_is_an_error(jobs, code):
    (jobs / "leaves.py").write_text(code)

    done = check(jobs.parent)

    assert done.stderr.startswith("The inspection ended early with status ")
    assert done.returncode == 1


def test_sys_exit_is_an_error_of_its_file_only(jobs):
    (jobs / "leaves.py").write_text("raise SystemExit(0)\n")

    done = check(jobs.parent)

    assert "error: jobs/leaves.py:1: SystemExit" in done.stdout
    assert "CreateSites" in done.stdout
    assert done.returncode == 1


def test_a_query_at_import_fails_without_reaching_any_database(jobs):
    (jobs / "asks.py").write_text("from nautobot.dcim.models import Site\nSite.objects.count()\n")

    done = check(jobs.parent)

    assert "error: jobs/asks.py:2: OperationalError: asks the database while it is imported" in done.stdout


def test_an_inventory_answers_such_a_query_and_cannot_be_written(jobs, db):
    (jobs / "asks.py").write_text("from nautobot.dcim.models import Site\nSite.objects.count()\n")
    (jobs / "writes.py").write_text("from nautobot.dcim.models import Site\nSite.objects.create(name='x')\n")
    ours = connection.settings_dict
    # In place of a server of its own, which takes long to start.
    url = f"postgresql://{ours['USER']}:{ours['PASSWORD']}@/{ours['NAME']}?host={ours['HOST']}&port={ours['PORT']}"

    done = check(jobs.parent, "--with-database", JOBYARD_TEST_DATABASE_URL=url)

    assert "jobs/asks.py\njobs/sites.py\n" in done.stdout
    assert "error: jobs/writes.py:2: " in done.stdout
    assert "read-only transaction" in done.stdout
    assert done.stdout.endswith("3 modules, 1 job, 1 error\n")


def test_other_folders_can_be_named(jobs):
    (jobs.parent / "reports").mkdir()
    (jobs / "sites.py").rename(jobs.parent / "reports" / "sites.py")

    assert "CreateSites" in check(jobs.parent, "--job-path", "reports").stdout
    assert check(jobs.parent, "--job-path", "../reports").returncode == 2


def test_a_folder_without_job_files_is_an_error(tmp_path):
    assert check(tmp_path).returncode == 1


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path):
    assert check(tmp_path / "nowhere").returncode == 2
