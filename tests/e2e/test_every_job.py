"""
The fixture jobs in a real installation: the same ends as in a test of an author's.

What a job stores and says is compared door by door in ``tests/contract``; here are the real processes,
and the jobs that end theirs.
"""

from __future__ import annotations

import shutil

import pytest
from tests.contract.inputs import FILES, INPUTS, NOT_HERE, OF_THEIR_OWN, SITE
from tests.e2e.installation import until
from tests.jobs.fakes import FIXTURES

from jobyard.job_classes import find_job_class
from jobyard.loader import SourceLoader
from jobyard.testing import run_job

ENDS = {
    "fx_die/ExitsHard": ("errored", "process_died"),
    "fx_die/KilledBySignal": ("errored", "process_died"),
    "fx_limits/SoftCaught": ("completed", None),
    "fx_limits/SoftUncaught": ("timed_out", "soft_time_limit"),
    "fx_limits/Hard": ("timed_out", "hard_time_limit"),
    "fx_limits/SoftAboveHard": ("completed", None),
}
WITH_DATA = (
    "fx_db",
    "fx_inventory",
    "fx_custom_field",
    "fx_device_checks",
    "fx_new_branch",
    "fx_vars_object",
)  #: They are tried in tests/contract.


@pytest.fixture(scope="module")
def jobs(installation):
    """All fixture jobs, in service; the names of those that run in every way and need no data."""
    shutil.copytree(FIXTURES, installation.jobs_root, dirs_exist_ok=True)
    listed = until(
        installation.job_ids,
        lambda ids: {"local/fx_vars_text/Texts", "local/json/NamedLikeALibrary"} <= ids,
        seconds=60,
    )
    names = {path.removeprefix("local/") for path in listed if path.startswith(("local/fx", "local/json"))}
    yield {
        name
        for name in names - set(OF_THEIR_OWN) - set(FILES)
        if name.partition("/")[0] not in NOT_HERE
        and not name.startswith(WITH_DATA)
        and SITE not in str(INPUTS.get(name, {}).values())
    }
    for path in FIXTURES.iterdir():
        made = installation.jobs_root / path.name
        shutil.rmtree(made) if made.is_dir() else made.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def in_a_test():
    """``in_a_test("fx_min/OnlyRun")``: the run of a job in this process."""
    with SourceLoader(root=FIXTURES, job_path="", source="local", digest="e2e") as loader:

        def run(name):
            return run_job(find_job_class(loader, f"local/{name}"), INPUTS.get(name), commit=False)

        yield run


def test_every_job_ends_as_in_a_test_of_its_author(installation, jobs, in_a_test):
    started = {
        name: installation.start_run(f"local/{name}", INPUTS.get(name), commit=False) for name in sorted(jobs)
    }

    for name, key in started.items():
        expected = in_a_test(name)
        result = installation.finished(key, seconds=120)
        assert (result["status"]["value"], result["status_reason"]) == (expected.status, expected.reason), (
            name
        )
        assert result["data"]["output"] == expected.output, name
    assert len(started) > 90


def test_jobs_that_end_their_process_or_their_time_end_with_a_reason(installation, jobs):
    started = {name: installation.start_run(f"local/{name}") for name in ENDS}

    results = {name: installation.finished(key, seconds=60) for name, key in started.items()}

    assert {
        name: (result["status"]["value"], result["status_reason"]) for name, result in results.items()
    } == ENDS


@pytest.mark.parametrize("name", ["fx_output/Returns", "fx_fail_flag/LogsFailure", "fx_raise/InRun"])
def test_the_command_line_tells_the_same(installation, jobs, in_a_test, name):
    expected = in_a_test(name)

    done = installation.command("runjob", f"local/{name}", check=False)

    assert done.returncode == {"completed": 0, "failed": 1, "errored": 3}[expected.status], done.stderr
    assert all(row.message in done.stdout for row in expected.rows)
    assert expected.output in done.stdout
