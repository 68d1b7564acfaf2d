from __future__ import annotations

import os
import time

import pytest
from tests.sync.cast import SYNTAX_ERROR, good

from jobyard.discovery import find_modules
from jobyard.spec import ModuleReport
from jobyard_server.worker.login import ChildLogin
from jobyard_sync import inspection_child, inspection_zygote
from jobyard_sync.errors import InspectionUnavailable, Stopped
from jobyard_sync.inspection import inspect_snapshot
from jobyard_sync.inspection_zygote import InspectionZygote

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspect(zygote, tmp_path):
    """``inspect({name: text})``: the reports on these modules, by name."""

    def run(files: dict[str, str], **values) -> dict[str, ModuleReport]:
        root = tmp_path / "snapshot"
        (root / "jobs").mkdir(parents=True)
        for name, text in files.items():
            (root / "jobs" / name).write_text(text)
        found = find_modules(root, "jobs")
        place = {"root": root, "job_path": "jobs", "source": "git.lab", "digest": "a" * 64}
        reports = inspect_snapshot(**{"zygote": zygote, **place, "modules": found, **values})
        assert [report.module for report in reports] == [module.name for module in found]
        return {report.module: report for report in reports}

    return run


def test_jobs_are_described(inspect):
    report = inspect({"hello.py": good()})["hello"]

    assert report.error is None
    assert [(job.module, job.class_name, job.path) for job in report.jobs] == [
        ("hello", "Hello", "jobs/hello.py")
    ]
    assert [variable.name for variable in report.jobs[0].variables] == ["who"]


def test_a_child_that_waits_in_vain_is_let_go_and_the_next_inspection_makes_its_own(
    inspect, zygote, monkeypatch
):
    zygote.prepare()
    zygote.rest_when_idle()
    assert zygote._standby.is_ready

    monkeypatch.setattr(inspection_zygote, "IDLE_SECONDS", -1.0)
    zygote.rest_when_idle()

    assert not zygote._standby.is_ready
    assert inspect({"hello.py": good()})["hello"].error is None


BAD = {
    "syntax": (SYNTAX_ERROR, "SyntaxError", 3),
    "missing": ("import no_such_library_here\n", "ModuleNotFoundError", 1),
    "exits": ("import sys\n\nsys.exit()\n", "SystemExit", 3),
    "quits": ("\nraise KeyboardInterrupt\n", "KeyboardInterrupt", 2),
}
ENDS = {
    "leaves": (
        "import os\nos._exit(0)\n",
        "inspection ended without result: the process exited with status 0",
    ),
    "dies": (
        "import os\nos.kill(os.getpid(), 9)\n",
        "inspection ended without result: the process was ended",
    ),
    "crashes": ("import os\nos.abort()\n", "by signal SIGABRT"),
}


@pytest.mark.parametrize("name", BAD)
def test_f82_f83_f84_a_module_that_raises_fails_alone_with_place_and_traceback(inspect, name):
    text, message, line = BAD[name]

    reports = inspect({"a_first.py": good(), f"{name}.py": text, "z_last.py": good()})

    error = reports[name].error
    assert message in error.message
    assert (error.path, error.line) == (f"jobs/{name}.py", line)
    assert f"jobs/{name}.py" in error.traceback
    assert reports["a_first"].jobs
    assert reports["z_last"].jobs


@pytest.mark.parametrize("name", ENDS)
def test_f85_a_module_that_ends_the_process_fails_alone(inspect, name):
    text, message = ENDS[name]

    reports = inspect({"a_first.py": good(), f"{name}.py": text, "z_last.py": good()})

    assert message in reports[name].error.message
    assert reports[name].error.path == f"jobs/{name}.py"
    assert reports["a_first"].jobs
    assert reports["z_last"].jobs


@pytest.mark.parametrize("text", ["while True:\n    pass\n", "import time\ntime.sleep(1000)\n"])
def test_f87_a_module_that_never_ends_is_stopped_and_fails_alone(inspect, options, text):
    options["INSPECTION_TIMEOUT"] = 1.0

    reports = inspect({"a_first.py": good(), "hangs.py": text, "z_last.py": good()})

    assert reports["hangs"].error.message == "inspection took longer than 1 seconds"
    assert reports["hangs"].error.path == "jobs/hangs.py"
    assert reports["a_first"].jobs
    assert reports["z_last"].jobs


def test_a_child_that_obeys_the_alarm_says_where_it_was(inspect, options):
    options["INSPECTION_TIMEOUT"] = 1.0
    text = """
import signal

def stop(*_):
    raise RuntimeError

signal.signal(signal.SIGALRM, stop)
while True:
    pass
"""
    error = inspect({"hangs.py": text})["hangs"].error

    assert error.message == "inspection took longer than 1 seconds"
    assert error.path == "jobs/hangs.py"
    assert "jobs/hangs.py:8, in <module>" in error.traceback


def test_nobody_answers_a_module_that_asks(inspect):
    assert "EOFError" in inspect({"asks.py": "input()\n"})["asks"].error.message


def test_a_module_that_swallows_everything_is_killed(inspect, options):
    options["INSPECTION_TIMEOUT"] = 1.0
    text = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""

    reports = inspect({"hangs.py": text, "z_last.py": good()})

    assert reports["hangs"].error.message == "inspection took longer than 1 seconds"
    assert reports["z_last"].jobs


def test_f88_a_module_that_floods_its_output_is_stopped_and_fails_alone(inspect):
    text = "for _ in range(100):\n    print('x' * 1_000_000)\n"

    reports = inspect({"a_first.py": good(), "floods.py": text, "z_last.py": good()})

    assert reports["floods"].error.message == "inspection printed more than 5 MB"
    assert reports["a_first"].jobs
    assert reports["z_last"].jobs


def test_a_module_that_prints_a_little_is_fine(inspect):
    assert inspect({"chatty.py": "print('x' * 200_000)\n" + good()})["chatty"].jobs


def test_a_module_that_takes_all_memory_fails_alone(inspect, options):
    options["INSPECTION_MEMORY"] = 128 * 1024 * 1024

    reports = inspect({"eats.py": "hog = bytearray(10_000_000_000)\n", "z_last.py": good()})

    assert "MemoryError" in reports["eats"].error.message
    assert reports["z_last"].jobs


def test_f86_a_forged_report_is_not_taken(inspect):
    # writes into every descriptor it can find what looks like a report, then leaves
    text = """
import json, os, struct
forged = {"report": {"module": "forger", "path": "jobs/forger.py", "jobs": []}, "nonce": "00"}
body = json.dumps(forged).encode()
for descriptor in range(3, 64):
    try:
        os.write(descriptor, struct.pack("!I", len(body)) + body)
    except OSError:
        pass
os._exit(0)
"""
    reports = inspect({"forger.py": text, "z_last.py": good()})

    assert "inspection ended without result" in reports["forger"].error.message
    assert reports["z_last"].jobs


def test_garbage_on_the_channel_fails_its_module_only(inspect):
    text = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b"\\xff" * 1000)
    except OSError:
        pass
"""
    reports = inspect({"garbage.py": text, "z_last.py": good()})

    assert "inspection sent no valid description" in reports["garbage"].error.message
    assert reports["z_last"].jobs


def test_f89_processes_that_a_module_leaves_behind_do_not_hold_it_up(inspect):
    text = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\nos._exit(3)\n"

    report = inspect({"leaves.py": text})["leaves"]

    assert report.error.message.endswith("the process exited with status 3")


def test_import_may_read_the_database_but_not_write(inspect):
    text = """
from django.contrib.contenttypes.models import ContentType
COUNT = ContentType.objects.count()
ContentType.objects.create(app_label="x", model="y")
"""
    report = inspect({"writes.py": text})["writes"]

    assert "permission denied" in report.error.message
    assert report.error.line == 4


def test_many_bad_modules_in_a_row(inspect):
    files = {f"m{n:02}.py": "import os\nos._exit(1)\n" if n % 2 else good(f"Job{n}") for n in range(10)}

    reports = inspect(files)

    assert [bool(reports[f"m{n:02}"].error) for n in range(10)] == [bool(n % 2) for n in range(10)]


def test_a_zygote_that_was_killed_is_started_again(inspect, tmp_path):
    own = InspectionZygote()
    own.start()
    own.stop()

    reports = inspect({"hello.py": good()}, zygote=own)

    assert reports["hello"].jobs
    own.stop()


def test_the_daemon_can_be_stopped_in_the_middle(inspect):
    with pytest.raises(Stopped):
        inspect({"hangs.py": "while True: pass\n"}, should_stop=lambda: True)


def test_without_children_nothing_is_blamed_on_modules(inspect, monkeypatch):
    own = InspectionZygote()
    nowhere = ChildLogin(login={"NAME": "no_such_database"}, role="inspect")
    monkeypatch.setattr("jobyard_sync.inspection.child_login", lambda _kind: nowhere)

    with pytest.raises(InspectionUnavailable):
        inspect({"hello.py": good()}, zygote=own)
    own.stop()


def test_two_hundred_modules_come_back_in_order(inspect):
    files = {f"m{n:03}.py": good(f"Job{n}") for n in range(200)} | {"m150.py": "import os\nos._exit(1)\n"}

    reports = inspect(files)

    assert [name for name, report in reports.items() if report.error] == ["m150"]
    assert [report.jobs[0].class_name for report in reports.values() if report.jobs] == [
        f"Job{n}" for n in range(200) if n != 150
    ]


# Rows F90 to F101 of the catalogue of faults


def test_f90_modules_named_like_libraries_shadow_nothing(inspect):
    uses = "import django, json, logging, typing\nassert json.dumps([]) and typing.Any and django.VERSION\n"
    names = ("json", "logging", "typing", "django", "jobs", "jobyard")
    reports = inspect({**{f"{name}.py": good(name.title()) for name in names}, "uses.py": uses + good()})

    assert {name: report.error for name, report in reports.items()} == dict.fromkeys([*names, "uses"])
    assert [reports[name].jobs[0].class_name for name in names] == [name.title() for name in names]
    assert any("json" in text for text in reports["json"].warnings)


STRANGE_CLASSES = """
from jobyard import Job
from .other import Hello as Imported

class Meta(type(Job)):
    def __getattribute__(cls, name):
        if name == "description":
            raise RuntimeError("no")
        return super().__getattribute__(name)

class First(Job):
    def run(self, data, commit): ...

class NoRun(Job):
    pass

class RunIsText(Job):
    run = "not callable"

class TwoBases(First, NoRun):
    pass

def make():
    class First(Job):
        def run(self, data, commit): ...
    return First

Second = make()
"""


def test_f93_strange_classes_are_listed_once_or_told(inspect):
    reports = inspect({"other.py": good(), "strange.py": STRANGE_CLASSES})

    strange = reports["strange"]
    assert strange.error is None
    listed = [job.class_name for job in strange.jobs]
    assert sorted(set(listed)) == sorted(listed)
    assert {"First", "NoRun", "RunIsText", "TwoBases"} == set(listed)
    assert any("First" in text for text in strange.warnings)


STRANGE_METADATA = """
from jobyard import ChoiceVar, Job, StringVar

class Loud:
    def __str__(self):
        raise ValueError("no text")

class Endless:
    def __str__(self):
        while True: pass

class Strange(Job):
    class Meta:
        name = {name}
        description = {description}

    pick = ChoiceVar(choices={choices})
    who = StringVar(default={default})

    def run(self, data, commit): ...
"""


@pytest.mark.parametrize(
    "values",
    [
        {"name": "'x' * 10**6"},
        {"description": "'y' * 10**6"},
        {"name": "Loud()"},
        {"description": "Endless()"},
        {"choices": "tuple((n, str(n)) for n in range(10**6))"},
        {"default": "lambda: 'late'"},
        {"default": "Loud()"},
    ],
    ids=str,
)
def test_f94_strange_metadata_is_cut_or_named(inspect, options, values):
    options["INSPECTION_TIMEOUT"] = 5.0
    plain = {"name": "'N'", "description": "''", "choices": "(('a', 'A'),)", "default": "''"}
    report = inspect({"strange.py": STRANGE_METADATA.format(**{**plain, **values}), "z.py": good()})[
        "strange"
    ]

    if report.error is None:
        (job,) = report.jobs
        assert len(job.name) <= 200
        assert len(job.description) <= 10_000
        assert len(job.variables[0].choices) <= 500
    else:
        assert "Strange" in report.error.message or "inspection" in report.error.message


TRIES = """
import os
from django.db import connection
from jobyard import Job

OPENED = []
for path in ({key!r}, {outside!r}):
    try:
        open(path, "a").close()
        OPENED.append(path)
    except OSError:
        pass
SECRETS = [name for name in os.environ if "SECRET" in name or "PASSWORD" in name or "DATABASE_URL" in name]

with connection.cursor() as cursor:
    REFUSED = []
    for statement in (
        "SET default_transaction_read_only = off",
        "CREATE TABLE mine (x int)",
        "DELETE FROM extras_jobresult",
        "UPDATE dcim_region SET name = 'x'",
        "SELECT * FROM users_token",
    ):
        try:
            cursor.execute(statement)
        except Exception as exc:
            REFUSED.append(statement.split()[0])

class Tries(Job):
    class Meta:
        description = f"{{OPENED}} {{SECRETS}} {{REFUSED}}"

    def run(self, data, commit): ...
"""


def test_f99_an_inspection_may_do_no_more_than_look(inspect, settings, tmp_path):
    from jobyard_server.isolation import landlock

    keys = settings.DATA_DIR / "keys"
    keys.mkdir(parents=True)
    (keys / "secret").write_text("x")
    text = TRIES.format(key=str(keys / "secret"), outside=str(tmp_path / "outside"))

    report = inspect({"tries.py": text})["tries"]

    assert report.error is None, report.error
    opened, secrets, refused = report.jobs[0].description.split("] [")
    assert secrets == ""
    assert refused.rstrip("]") == "'CREATE', 'DELETE', 'UPDATE', 'SELECT'"
    if landlock.version():
        assert opened == "["


def test_f101_a_slow_import_is_published_and_told_of(inspect, monkeypatch):
    monkeypatch.setattr(inspection_child, "SLOW_SECONDS", 0.3)

    reports = inspect({"quick.py": good(), "slow.py": "import time\ntime.sleep(0.4)\n" + good("Slow")})

    assert [job.class_name for job in reports["slow"].jobs] == ["Slow"]
    (warning,) = reports["slow"].warnings
    assert warning.startswith("It took 0 s to import")


def test_f98_many_modules_share_a_few_children(inspect, zygote, monkeypatch):
    monkeypatch.setattr("jobyard_sync.inspection.os.cpu_count", lambda: 64)
    alive, most = set(), []
    spawn = zygote.spawn

    def spawn_counted():
        child = spawn()
        alive.add(child)
        most.append(len(alive))
        close = child.close

        def close_counted():
            alive.discard(child)
            close()

        child.close = close_counted
        return child

    monkeypatch.setattr(zygote, "spawn", spawn_counted)

    number = 2000 if os.environ.get("JOBYARD_TEST_VOLUME") == "full" else 400
    began = time.monotonic()

    reports = inspect({f"m{n:04}.py": good(f"Job{n}") for n in range(number)})

    assert len(reports) == number
    assert max(most) == 4
    assert time.monotonic() - began < 60
