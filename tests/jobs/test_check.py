"""The offline inspection of a folder."""

from __future__ import annotations

import subprocess
import sys

from tests.jobs.fakes import FIXTURES, write_files

from jobyard.check import check_path

JOB = "from nautobot.extras.jobs import *\n"


def test_a_folder_of_job_files(tmp_path):
    write_files(tmp_path, {"__init__.py": "", "a.py": f"{JOB}class J(Job): pass\n", "b.py": "import netmiko"})

    a, b = check_path(tmp_path)

    assert [job.class_name for job in a.jobs] == ["J"]
    assert b.error.message.startswith("ModuleNotFoundError: needs the package netmiko")


def test_a_checkout_with_a_jobs_folder(tmp_path):
    checkout = tmp_path / "net_ops"
    text = f"{JOB}from net_ops.jobs import helpers\nclass J(Job): pass\n"
    write_files(
        checkout, {"jobs/__init__.py": "", "jobs/a.py": text, "jobs/helpers.py": "", "setup.py": "1/0"}
    )

    reports = check_path(checkout)

    assert [(report.module, report.path, report.error) for report in reports] == [
        ("a", "jobs/a.py", None),
        ("helpers", "jobs/helpers.py", None),
    ]


def test_what_concerns_the_folder_comes_first(tmp_path):
    write_files(tmp_path, {"jobs/a.py": "", "jobs/b c.py": ""})

    first, second = check_path(tmp_path)

    assert (first.module, first.path, first.jobs) == ("__init__", "jobs/__init__.py", [])
    assert first.warnings == [
        "jobs has no __init__.py; its jobs are listed all the same.",
        "b c.py is no job module: its name has a dot or white space in it.",
    ]
    assert second.module == "a"


def test_an_empty_folder_is_an_error(tmp_path):
    (report,) = check_path(tmp_path)

    assert "holds no job files" in report.error.message


def test_a_folder_that_holds_no_jobs_says_where_python_files_are(tmp_path):
    write_files(tmp_path, {"reports/a.py": "", "tests/b.py": "", ".git/c.py": "", "deep/er/d.py": ""})
    (nothing,) = check_path(tmp_path)
    write_files(tmp_path, {"deep/__init__.py": "", "__init__.py": ""})
    package, hint = check_path(tmp_path)

    places = "Python files are in deep/er, reports; name the folder of the job files with --job-path."
    assert places in nothing.error.message
    assert (package.module, package.jobs, hint.warnings) == (
        "deep",
        [],
        [f"No job class was found. {places}"],
    )


def test_job_files_in_several_folders(tmp_path):
    job = f"{JOB}from .own import name\nclass J(Job): pass\n"
    write_files(
        tmp_path,
        {
            **{f"{folder}/__init__.py": "" for folder in ("scripts", "reports")},
            **{f"{folder}/own.py": f"name = {folder!r}" for folder in ("scripts", "reports")},
            "scripts/a.py": job,
            "reports/b.py": job,
            "jobs/c.py": "1/0",
        },
    )

    reports = check_path(tmp_path, ["scripts", "reports", "nowhere"])

    assert reports[0].error.message == "there is no folder nowhere"
    assert [(report.path, report.error) for report in reports[1:]] == [
        ("scripts/a.py", None),
        ("scripts/own.py", None),
        ("reports/b.py", None),
    ]
    assert "reports/own.py is not listed" in reports[2].warnings[0]


def test_checking_twice_sees_the_change(tmp_path):
    write_files(tmp_path, {"__init__.py": "", "a.py": "1/0"})
    assert check_path(tmp_path)[0].error

    write_files(tmp_path, {"a.py": f"{JOB}class J(Job): pass\n"})
    assert check_path(tmp_path)[0].error is None


def test_no_django_is_needed(tmp_path):
    write_files(
        tmp_path,
        {"a.py": f"{JOB}class J(Job):\n    v = StringVar()\n", "b.py": "from dcim.models import Site"},
    )
    code = """
import sys
from pathlib import Path
from jobyard.check import check_path
for report in check_path(Path(sys.argv[1])):
    print(report.module, len(report.jobs), report.error and report.error.message)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("django", "netaddr", "yaml")))
"""

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "__init__ 0 None",
        "a 1 None",
        "b 0 ModuleNotFoundError: jobyard has no module dcim.models",
        "[]",
    ]


def test_the_fixture_jobs_pass():
    assert not [report.error for report in check_path(FIXTURES) if report.error]
