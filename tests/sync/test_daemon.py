"""The daemon as a whole: its threads in this process, and as a process of its own that is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.sync.cast import SYNTAX_ERROR, good, wait_until

from jobyard_server.access.audit import SYNCED
from jobyard_server.access.models import AuditEvent, User
from jobyard_server.lifecycle import Stop
from jobyard_server.registry.lost_syncs import AGAIN, LOST
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.refresh import ask_refresh, waiting_refreshes
from jobyard_server.registry.repositories import add_repository, remove_repository
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.runs.models import Component, JobResult
from jobyard_sync.daemon import Daemon
from jobyard_sync.lease_keeper import LeaseKeeper
from jobyard_sync.sync_threads import SyncThreads

pytestmark = pytest.mark.django_db(transaction=True)

HANGS = "import time\ntime.sleep(1000)\n"


@pytest.fixture
def daemon(transactional_db, zygote):
    """A running daemon, its threads in this process."""
    stop = Stop()
    daemon = Daemon(uuid.uuid4(), zygote=zygote, keeper=LeaseKeeper(), stop=stop)
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def jobs_root(settings) -> Path:
    settings.JOBS_ROOT.mkdir(parents=True)
    return settings.JOBS_ROOT


def installed() -> list[str]:
    found = Job.objects.filter(installed=True).select_related("module__source")
    return sorted(job.class_path for job in found)


def is_installed(*paths: str) -> bool:
    return installed() == sorted(paths)


def ended(result: JobResult) -> JobResult:
    return wait_until(lambda: JobResult.objects.filter(pk=result.pk, completed__isnull=False).first())


# The local folder


def test_a_missing_folder_is_made_with_an_empty_package_file(settings, daemon):
    wait_until(lambda: Source.objects.filter(key="local", revision__isnull=False).exists())

    assert (settings.JOBS_ROOT / "__init__.py").read_text() == ""


def test_files_that_are_there_at_the_start_are_listed(jobs_root, request):
    (jobs_root / "hello.py").write_text(good())

    request.getfixturevalue("daemon")

    wait_until(lambda: is_installed("local/hello/Hello"))
    assert not JobResult.objects.exists()


def test_a_file_is_saved_edited_deleted_and_saved_again(jobs_root, daemon):
    file = jobs_root / "hello.py"
    wait_until(lambda: Source.objects.filter(key="local", revision__isnull=False).exists())

    file.write_text(good("Hello"))
    wait_until(lambda: is_installed("local/hello/Hello"))
    first = Job.objects.get()
    file.write_text(good("Other"))
    wait_until(lambda: is_installed("local/hello/Other"))
    file.unlink()
    wait_until(lambda: installed() == [])
    file.write_text(good("Hello"))
    wait_until(lambda: is_installed("local/hello/Hello"))

    assert Job.objects.get(job_class_name="Hello").pk == first.pk


def test_the_folder_is_read_again_when_somebody_asks(jobs_root, daemon):
    (jobs_root / "chooses.py").write_text(
        "import os\nfrom jobyard import ChoiceVar, Job\n\n\nclass Chooses(Job):\n"
        "    now = ChoiceVar(choices=[(str(os.getpid()), 'of this import')])\n"
    )
    wait_until(lambda: is_installed("local/chooses/Chooses"))
    before = Job.objects.get()
    person = User.objects.create_user("erin")

    ask_refresh(before.module.source, person)

    wait_until(lambda: not waiting_refreshes().exists())
    assert Job.objects.get().spec.variables[0].choices != before.spec.variables[0].choices
    assert AuditEvent.objects.get(action=SYNCED).username == "erin"


def test_a_broken_file_keeps_its_last_good_version_until_it_is_fixed(jobs_root, daemon):
    file = jobs_root / "hello.py"
    file.write_text(good("Hello"))
    wait_until(lambda: is_installed("local/hello/Hello"))

    file.write_text(SYNTAX_ERROR)
    error = wait_until(lambda: Module.objects.get(name="hello").load_error)
    during = installed()
    file.write_text(good("Fixed"))
    wait_until(lambda: is_installed("local/hello/Fixed"))

    assert (error["path"], error["line"]) == ("hello.py", 3)
    assert during == ["local/hello/Hello"]
    assert Module.objects.get(name="hello").load_error is None


def test_what_changed_while_nobody_watched_is_found_by_looking(jobs_root, daemon, monkeypatch):
    wait_until(lambda: Source.objects.filter(key="local", revision__isnull=False).exists())
    daemon._folder._watch.stop()  # as on a network drive: no events

    (jobs_root / "hello.py").write_text(good())

    wait_until(lambda: is_installed("local/hello/Hello"))


def test_a_folder_that_is_replaced_is_watched_again(jobs_root, daemon):
    (jobs_root / "hello.py").write_text(good())
    wait_until(lambda: is_installed("local/hello/Hello"))

    jobs_root.rename(jobs_root.with_name("old"))
    wait_until(lambda: installed() == [])
    (jobs_root / "other.py").write_text(good("Other"))

    wait_until(lambda: is_installed("local/other/Other"))


def test_files_below_and_many_changes_at_once(jobs_root, daemon):
    (jobs_root / "pkg").mkdir()
    (jobs_root / "pkg" / "sub.py").write_text(good("Deep"))
    (jobs_root / "pkg" / "__init__.py").write_text("from .sub import Deep\n")
    for number in range(50):
        (jobs_root / f"m{number:02}.py").write_text(good(f"Job{number}"))

    wait_until(lambda: len(installed()) == 51)
    assert "local/pkg.sub/Deep" in installed()


def test_a_folder_that_cannot_be_a_snapshot_is_told_on_the_source(jobs_root, daemon, monkeypatch):
    (jobs_root / "hello.py").write_text(good())
    wait_until(lambda: is_installed("local/hello/Hello"))

    (jobs_root / "HELLO.py").write_text(good())
    error = wait_until(lambda: Source.objects.get(key="local").error)
    (jobs_root / "HELLO.py").unlink()
    wait_until(lambda: Source.objects.get(key="local").error == "")

    assert "hello.py" in error.lower()
    assert installed() == ["local/hello/Hello"]


# Git repositories


def test_adding_a_repository_is_enough(daemon, make_repo):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})

    add_repository(name="Lab", remote_url=repo.url)

    wait_until(lambda: "git.lab/hello/Hello" in installed())


def test_what_was_requested_before_the_start_is_done(make_repo, request):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    add_repository(name="Lab", remote_url=repo.url)

    request.getfixturevalue("daemon")

    wait_until(lambda: "git.lab/hello/Hello" in installed())


def test_a_source_that_hangs_delays_only_itself(daemon, make_repo, options):
    options["INSPECTION_TIMEOUT"] = 120.0  # it ends with the daemon
    slow = make_repo({"jobs/__init__.py": "", "jobs/hangs.py": HANGS}, "slow")
    add_repository(name="Slow", remote_url=slow.url)
    wait_until(lambda: Source.objects.get(key="git.slow").is_syncing)
    fast = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, "fast")

    add_repository(name="Fast", remote_url=fast.url)

    wait_until(lambda: installed() == ["git.fast/hello/Hello"])
    assert Source.objects.get(key="git.slow").is_syncing


def test_a_poison_row_does_not_stop_the_others(daemon, make_repo, monkeypatch):
    bad = add_repository(name="Bad", remote_url=make_repo({"x": "y"}, "bad").url)
    ended(bad.source.results.get())
    type(bad).objects.filter(pk=bad.pk).update(remote_url="ext::sh -c id", branch="-x")
    poisoned = request_sync(bad.source)

    fine = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, "fine")
    add_repository(name="Fine", remote_url=fine.url)

    wait_until(lambda: is_installed("git.fine/hello/Hello"))
    assert ended(poisoned).status == "errored"


def test_requests_during_a_sync_lead_to_one_more(daemon, make_repo, options):
    options["INSPECTION_TIMEOUT"] = 1.0
    repo = make_repo({"jobs/__init__.py": "", "jobs/hangs.py": HANGS})
    repository = add_repository(name="Lab", remote_url=repo.url)
    first = repository.source.results.get()
    wait_until(lambda: JobResult.objects.get(pk=first.pk).status == "running")

    repo.commit({"jobs/hangs.py": None, "jobs/hello.py": good()})
    with transaction.atomic():  # on a busy machine the first sync may end between two of them
        more = {request_sync(repository.source).pk for _ in range(5)}

    assert len(more) == 1
    wait_until(lambda: is_installed("git.lab/hello/Hello"))
    assert JobResult.objects.count() == 2


def test_files_of_a_removed_repository_are_cleaned_up(daemon, make_repo, settings, options):
    options["SNAPSHOT_KEEP"] = 1
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    repository = add_repository(name="Lab", remote_url=repo.url)
    ended(repository.source.results.get())
    mirrors = settings.DATA_DIR / "mirrors"
    had_mirror = (mirrors / f"{repository.pk}.git").exists()

    remove_repository(repository)
    daemon.clean_up()

    assert had_mirror
    assert not (mirrors / f"{repository.pk}.git").exists()


def test_stopping_ends_what_is_in_the_middle_and_asks_for_it_again(zygote, make_repo, options):
    options["INSPECTION_TIMEOUT"] = 60.0
    stop = Stop()
    daemon = Daemon(uuid.uuid4(), zygote=zygote, keeper=LeaseKeeper(), stop=stop)
    repo = make_repo({"jobs/__init__.py": "", "jobs/hangs.py": HANGS})
    repository = add_repository(name="Lab", remote_url=repo.url)
    result = repository.source.results.get()
    daemon.start()
    wait_until(lambda: JobResult.objects.get(pk=result.pk).logs.filter(message="Refreshing jobs...").exists())

    started = time.monotonic()
    daemon.stop()
    seconds = time.monotonic() - started

    assert seconds < options["INSPECTION_TIMEOUT"] / 2
    after = JobResult.objects.get(pk=result.pk)
    assert (after.status, after.status_reason) == ("errored", "worker_lost")
    assert waiting_requests().get() != after
    assert Source.objects.get(key="git.lab").is_syncing is False
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sync-")]


@pytest.fixture
def silent_remote(options):
    """A server that accepts connections and never says a word; closing it cuts them."""
    options["GIT_ALLOWED_NETS"] = ["127.0.0.0/8"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/repo.git"


def test_a_remote_that_hangs_delays_only_itself(daemon, make_repo, silent_remote, options):
    options["GIT_TIMEOUT"] = 3.0
    slow = add_repository(name="Slow", remote_url=address_of(silent_remote))
    wait_until(lambda: Source.objects.get(key="git.slow").is_syncing)

    fast = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, "fast")
    add_repository(name="Fast", remote_url=fast.url)

    wait_until(lambda: is_installed("git.fast/hello/Hello"))
    result = ended(slow.source.results.get())
    assert result.status == "errored"
    assert "3 s" in Source.objects.get(key="git.slow").error


def test_a_sync_that_comes_back_after_the_daemon_gave_it_up_changes_nothing(zygote, options, silent_remote):
    options["GIT_TIMEOUT"] = 120.0
    daemon = Daemon(uuid.uuid4(), zygote=zygote, keeper=LeaseKeeper(), stop=Stop())
    daemon.start()
    repository = add_repository(name="Slow", remote_url=address_of(silent_remote))
    result = repository.source.results.get()
    wait_until(lambda: JobResult.objects.get(pk=result.pk).status == "running")

    daemon.stop()
    after_stop = JobResult.objects.get(pk=result.pk)
    silent_remote.close()  # only now does the fetch end
    assert daemon._threads.join(60)

    late = JobResult.objects.get(pk=result.pk)
    assert (after_stop.status, after_stop.status_reason) == ("errored", "worker_lost")
    assert late.completed == after_stop.completed
    assert late.logs.last().message == f"{LOST} {AGAIN}"
    assert Source.objects.get(key="git.slow").error == ""


def test_two_daemons_share_the_work(daemon, zygote, make_repo):
    second = Daemon(uuid.uuid4(), zygote=zygote, keeper=LeaseKeeper(), stop=Stop())
    second.start()

    for number in range(6):
        repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, f"repo{number}")
        add_repository(name=f"Lab {number}", remote_url=repo.url)

    wait_until(lambda: len(installed()) == 6)
    wait_until(lambda: not JobResult.objects.exclude(status="completed").exists())
    second.stop()
    assert JobResult.objects.count() == 6


# As a process of its own


@pytest.fixture
def process(transactional_db, settings):
    """Starts ``daemon.run()`` in a process of its own, on the database of the tests."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        known = connection.settings_dict
        url = f"postgresql://{known['USER']}:{known['PASSWORD']}@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"
        environment = {
            **os.environ,
            "JOBYARD_DATABASE_URL": url,
            "JOBYARD_DATA_DIR": str(settings.DATA_DIR),
            "JOBYARD_JOBS_ROOT": str(settings.JOBS_ROOT),
            "JOBYARD_ALLOW_FILE_REMOTES": "true",
        }
        code = "import django; django.setup(); from jobyard_sync.daemon import run; run()"
        started.append(subprocess.Popen([sys.executable, "-c", code], env=environment))
        return started[-1]

    yield start
    for item in started:
        item.kill()
        item.wait()


def test_f36_a_killed_daemon_is_followed_by_one_that_goes_on_at_once(process, make_repo):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hangs.py": HANGS})
    first = process()
    repository = add_repository(name="Lab", remote_url=repo.url)
    lost = repository.source.results.get()
    wait_until(lambda: JobResult.objects.get(pk=lost.pk).logs.filter(message="Refreshing jobs...").exists())

    first.kill()
    first.wait()
    repo.commit({"jobs/hangs.py": None, "jobs/hello.py": good()})
    process()

    wait_until(lambda: "git.lab/hello/Hello" in installed())
    after = JobResult.objects.get(pk=lost.pk)
    assert (after.status, after.status_reason) == ("errored", "worker_lost")


def test_a_daemon_ends_within_seconds_of_a_signal(process, settings):
    daemon = process()
    wait_until(lambda: Component.objects.filter(kind="sync").exists())
    wait_until(lambda: Source.objects.filter(key="local", revision__isnull=False).exists())

    daemon.send_signal(signal.SIGTERM)

    assert daemon.wait(timeout=30) == 0
    assert not Component.objects.filter(kind="sync").exists()


def test_a_daemon_that_is_told_to_end_while_it_warms_up_ends_at_once(settings, tmp_path):
    code = """
from jobyard_server.isolation import zygote, zygote_process
from jobyard_sync.daemon import run

known = zygote.launch

def launch(*arguments):
    found = known(*arguments)
    print("warming", flush=True)
    return found

zygote.launch, zygote_process.command = launch, lambda _descriptor: ["sleep", "60"]
run()
"""
    known = connection.settings_dict
    place = f"@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"
    environment = {
        **os.environ,
        "JOBYARD_DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}{place}",
        "JOBYARD_DATA_DIR": str(tmp_path / "data"),
        "JOBYARD_JOBS_ROOT": str(tmp_path / "jobs_root"),
    }
    call = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    with subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "warming\n"
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()

    assert not Component.objects.filter(kind="sync").exists()
    assert not Source.objects.filter(lease_until__isnull=False).exists()


def test_f54_the_places_of_a_server_are_counted_by_its_name(transactional_db, zygote, make_repo):
    for name, url in [
        ("One", "https://git.example.com/one.git"),
        ("Two", "https://GIT.example.com:8443/two.git"),
        ("Folder", make_repo({"a": "1"}).url),
    ]:
        add_repository(name=name, remote_url=url)
    GitRepository.objects.filter(name="Two").update(remote_url="ext::sh")  # a restored row, of no server
    daemon = Daemon(uuid.uuid4(), zygote=zygote, keeper=LeaseKeeper(), stop=Stop())
    asked: dict[str, str] = {}
    daemon._threads.start = lambda key, _work, *, group="": asked.update({key: group})

    daemon.look()

    assert asked == {"git.one": "git.example.com", "git.two": "", "git.folder": ""}


def test_f54_remotes_of_one_slow_server_take_some_of_the_places_only():
    hosts = SyncThreads(limit=16, on_end=lambda: None, group_limit=2)
    released = threading.Event()
    try:
        begun = [hosts.start(f"slow-{number}", released.wait, group="slow.example") for number in range(5)]
        assert begun == [True, True, False, False, False]
        assert hosts.start("other", released.wait, group="other.example")
        assert hosts.start("local", released.wait)
    finally:
        released.set()
        assert hosts.join(5)
