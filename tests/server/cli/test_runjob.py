"""`jobyard runjob`: what it prints, how it ends, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time

import pytest
from django.db import connection
from tests.server.cli.cast import call

from jobyard import statuses
from jobyard.spec import VariableSpec
from jobyard_server.access.accounts import create_user
from jobyard_server.cli import run_report
from jobyard_server.cli.run_report import print_report
from jobyard_server.runs.models import InputFile, JobResult

WHO = VariableSpec(name="who", type="StringVar", kind="StringVar", label="Who")
TIMES = VariableSpec(
    name="times",
    type="IntegerVar",
    kind="IntegerVar",
    label="Times",
    has_default=True,
    default=1,
    min_value=1,
)


def without_times(text: str) -> str:
    return re.sub(r"\[\d\d:\d\d:\d\d\]", "[…]", re.sub(r"\d+\.\d\d seconds", "n seconds", text))


def test_it_prints_groups_rows_output_status_and_duration(jobyard, make_job, play):
    make_job()
    play(
        statuses.COMPLETED,
        ("run", "default", None, "Reading"),
        ("run", "info", None, "Database changes have been reverted automatically."),
        ("test_names", "success", "ams01-switch1", "Created new switch"),
        output="\nname,make\na,b",
    )

    answer = jobyard("runjob", "local/example/Probe")

    assert without_times(answer.stdout) == (
        "[…] Running local/example/Probe...\n"
        "\trun: 0 success, 1 info, 0 warning, 0 failure\n"
        "\t\tdefault: Reading\n"
        "\t\tinfo: Database changes have been reverted automatically.\n"
        "\ttest_names: 1 success, 0 info, 0 warning, 0 failure\n"
        "\t\tsuccess: ams01-switch1: Created new switch\n"
        "\nname,make\na,b\n"
        "[…] local/example/Probe: SUCCESS\n"
        "[…] local/example/Probe: Duration 0 minutes, n seconds\n"
        "[…] Finished\n"
    )
    assert answer.exit_code == 0


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (statuses.COMPLETED, ("SUCCESS", 0)),
        (statuses.FAILED, ("FAILED", 1)),
        (statuses.ERRORED, ("ERRORED", 3)),
        (statuses.CANCELLED, ("CANCELLED", 4)),
        (statuses.TIMED_OUT, ("TIMED OUT", 5)),
    ],
)
def test_the_exit_status_tells_how_the_run_ended(jobyard, make_job, play, status, ending):
    make_job()
    play(status)
    word, code = ending

    answer = jobyard("runjob", "local/example/Probe")

    assert f"local/example/Probe: {word}\n" in answer.stdout
    assert answer.exit_code == code


def test_without_commit_it_is_a_dry_run_whatever_the_job_prefers(jobyard, make_job, play):
    make_job(commit_default=True)
    play(statuses.COMPLETED)

    jobyard("runjob", "local/example/Probe")
    jobyard("runjob", "local/example/Probe", "--commit")

    assert list(JobResult.objects.order_by("created").values_list("commit", flat=True)) == [False, True]


def test_the_reserved_user_runs_it_and_the_account_is_recorded(jobyard, make_job, play):
    make_job()
    play(statuses.COMPLETED)

    jobyard("runjob", "local/example/Probe")

    result = JobResult.objects.get()
    assert result.user
    assert result.user.username == "cli"
    assert result.request["META"] == {"SERVER_NAME": "jobyard_runjob"}
    assert result.request["account"]


def test_no_wait_prints_the_id_and_returns(jobyard, make_job, play):
    make_job()
    play(statuses.COMPLETED)

    answer = jobyard("runjob", "local/example/Probe", "--no-wait")

    run_id, queue = play.sent[0]
    assert without_times(answer.stdout) == (
        f"[…] Running local/example/Probe...\n[…] Queued local/example/Probe: {run_id}\n"
    )
    assert (answer.exit_code, queue) == (0, "default")


@pytest.mark.parametrize("source", ["argument", "file", "stdin"])
def test_inputs_are_validated_coerced_and_defaulted(jobyard, make_job, play, tmp_path, source):
    make_job(variables=[WHO, TIMES])
    play(statuses.COMPLETED)
    text = json.dumps({"who": "world"})
    (tmp_path / "data.json").write_text(text)
    given = {"argument": text, "file": f"@{tmp_path}/data.json", "stdin": "@-"}[source]

    answer = jobyard("runjob", "local/example/Probe", "--data", given, stdin=text)

    assert answer.exit_code == 0
    assert JobResult.objects.get().inputs == {"who": "world", "times": 1}


def test_file_inputs_are_uploaded(jobyard, make_job, play, tmp_path):
    make_job(variables=[VariableSpec(name="sheet", type="FileVar", kind="FileVar", label="Sheet")])
    (tmp_path / "sites.csv").write_bytes(b"a,b\n")

    answer = jobyard("runjob", "local/example/Probe", "--no-wait", "--file", f"sheet={tmp_path}/sites.csv")

    assert answer.exit_code == 0, answer.stderr
    file = InputFile.objects.get()
    assert (file.variable, file.name, file.size) == ("sheet", "sites.csv", 4)


@pytest.mark.parametrize(
    "class_path", ["Probe", "local/Probe", "local/example/Probe/more", "local//Probe", "git/a/b/c/d"]
)
def test_a_malformed_class_path_is_wrong_usage(jobyard, class_path):
    answer = jobyard("runjob", class_path)

    assert answer.stderr == 'Job must be specified in the form "grouping_name/module_name/JobClassName"\n'
    assert answer.exit_code == 2


def test_an_unknown_job_is_not_found(jobyard, make_job):
    make_job()

    answer = jobyard("runjob", "local/example/probe")

    assert answer.stderr == 'Job "local/example/probe" not found\n'
    assert answer.exit_code == 2


@pytest.mark.parametrize("username", ["nobody-knows", "resting"])
def test_an_unknown_or_inactive_user_is_refused(jobyard, make_job, username):
    make_job()
    resting = create_user("resting", is_superuser=True)
    resting.is_active = False
    resting.save()

    answer = jobyard("runjob", "local/example/Probe", "--username", username)

    assert (answer.stderr, answer.exit_code) == ("No such user\n", 2)


def test_a_user_without_the_permission_is_refused(jobyard, make_job, worker):
    make_job()
    create_user("bob")

    answer = jobyard("runjob", "local/example/Probe", "-u", "bob")

    assert answer.stderr == 'User "bob" does not have permission to run this job\n'
    assert answer.exit_code == 2
    assert not JobResult.objects.exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{", "Invalid JSON data:\n"),
        ("@/no/such/file", "The data file /no/such/file cannot be read"),
        ("[]", "Job data needs to be a dict\n"),
        ('{"times": 0}', "who: This field is required.\n"),
        ('{"who": "x", "what": 1}', "what: Job data contained an unknown property\n"),
    ],
)
def test_wrong_inputs_are_told_one_by_one(jobyard, make_job, worker, data, told):
    make_job(variables=[WHO, TIMES])

    answer = jobyard("runjob", "local/example/Probe", "--data", data)

    assert told in answer.stderr
    assert answer.exit_code == 2
    assert not JobResult.objects.exists()


def test_without_a_live_worker_nothing_is_queued(jobyard, make_job):
    make_job()

    answer = jobyard("runjob", "local/example/Probe")

    assert answer.stderr == (
        "No worker serves the queue default; start one with `jobyard worker --queues default`."
        " Nothing was queued.\n"
    )
    assert answer.exit_code == 6
    assert not JobResult.objects.exists()


def test_a_disabled_job_is_not_started(jobyard, make_job, worker):
    job = make_job()
    job.enabled = False
    job.save()

    answer = jobyard("runjob", "local/example/Probe")

    assert (answer.stderr, answer.exit_code) == ("This job is not enabled to be run.\n", 2)


def test_ctrl_c_asks_for_a_cancel_and_waits_for_it(make_job, play):
    make_job()
    presser = threading.Thread(target=_press_when_waiting)
    presser.start()

    answer = call("runjob", "local/example/Probe")

    presser.join()
    result = JobResult.objects.get()
    assert result.cancel_requested_by == "cli"
    assert "local/example/Probe: CANCELLED\n" in answer.stdout
    assert answer.exit_code == 4


def _press_when_waiting() -> None:
    try:
        end = time.monotonic() + 20
        while not JobResult.objects.exists() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        connection.close()


def test_control_characters_are_shown_on_a_terminal_and_kept_elsewhere(monkeypatch):
    assert run_report._tame("\x1b[2J\tx\n") == "\x1b[2J\tx\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert run_report._tame("\x1b[2J\tx\n") == "\\x1b[2J\tx\n"


def test_rows_of_a_group_that_was_never_counted_are_printed_too(jobyard, make_job, play, capsys):
    """The reaper writes such rows: it does not know what the lost worker had counted."""
    make_job()
    play(statuses.ERRORED, ("run", "info", None, "Begun"))
    jobyard("runjob", "local/example/Probe", "--no-wait")
    result = JobResult.objects.get()
    result.logs.create(
        sequence=9, created=result.created, grouping="lost", log_level="failure", message="Gone"
    )

    print_report(result)

    assert "\tlost: 0 success, 0 info, 0 warning, 0 failure\n\t\tfailure: Gone\n" in capsys.readouterr().out


def test_a_commit_may_be_made_to_need_a_name(jobyard, make_job, worker, monkeypatch, settings):
    make_job()
    monkeypatch.setitem(settings.JOBYARD, "CLI_REQUIRE_USERNAME", value=True)

    answer = jobyard("runjob", "local/example/Probe", "--commit")

    assert (answer.stderr, answer.exit_code) == ("--username is mandatory when --commit is used\n", 2)
