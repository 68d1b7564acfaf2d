"""Tier 2: what is refused, and that runs below a launcher are cancelled, killed and told like any other."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from jobyard_server.isolation import launchers
from jobyard_server.isolation.change_account import become

WAITS = """
    import os, signal
    from jobyard import Job


    class Waits(Job):
        def run(self, data, commit):
            self.log_info(message=str(os.getpid()))
            while True:
                signal.pause()


    class Ends(Job):
        def run(self, data, commit):
            os._exit(0)


    class Says(Job):
        def run(self, data, commit):
            self.log_success(message="done")
            return "output"
"""
NOBODY = 65534


@pytest.fixture
def through(service, settings):
    """Publishes the jobs and has runs started through a launcher."""

    def use(name: str, **options: object) -> object:
        settings.JOBYARD = {**settings.JOBYARD, "SANDBOX_LAUNCHER": name, **options}
        service.publish(waits=WAITS)
        return service

    launchers._problem_of_program.cache_clear()
    yield use
    launchers._problem_of_program.cache_clear()


def with_programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> None:
    """Programs that come before those of the host."""
    for name, text in texts.items():
        path = folder / name.replace("_", "-")
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def needs_bubblewrap() -> None:
    problem = launchers.problem_of({"SANDBOX_LAUNCHER": "bwrap"})
    if problem and "JOBYARD_REQUIRE_SERVICES" not in os.environ:
        pytest.skip(problem)


def test_f25_a_run_below_bubblewrap_is_cancelled_by_its_own_code(through):
    needs_bubblewrap()
    service = through("bwrap")

    result = service.submit("waits", "Waits")
    service.turn_until(lambda: bool(service.rows(result)))
    service.inbox.cancel(result.pk, "bob")
    ended = service.finish(result)

    assert ended.status == "cancelled"
    assert service.rows(ended)[0][2] == "1"  # it is process 1 of its own numbers


def test_f14_a_run_below_bubblewrap_that_ends_without_a_word_has_died(through):
    needs_bubblewrap()
    service = through("bwrap")

    ended = service.run("waits", "Ends")

    assert (ended.status, ended.status_reason) == ("errored", "process_died")


def test_f06_a_run_below_bubblewrap_that_is_killed_names_the_signal(through):
    needs_bubblewrap()
    service = through("bwrap")

    result = service.submit("waits", "Waits")
    service.turn_until(lambda: bool(service.rows(result)))
    (launcher,) = [run.child.pid for run in service.loop.runs]
    (inner,) = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    os.kill(int(inner), signal.SIGSEGV)
    os.kill(int(inner), signal.SIGKILL)
    ended = service.finish(result)

    assert (ended.status, ended.status_reason) == ("errored", "process_died")
    assert "SIG" in service.rows(ended)[-1][2]


def test_f160_bubblewrap_that_does_not_work_here_is_a_refusal(through, tmp_path, monkeypatch):
    with_programs(tmp_path, monkeypatch, bwrap="#!/bin/sh\necho 'no namespaces for you' >&2\nexit 1\n")
    service = through("bwrap")

    ended = service.run("waits", "Says")

    assert (ended.status, ended.status_reason) == ("errored", "initialization")
    assert "JOBYARD_SANDBOX_LAUNCHER is `bwrap`" in service.rows(ended)[0][2]
    assert "no namespaces for you" in service.rows(ended)[0][2]
    assert len(service.rows(ended)) == 1


def test_f160_a_launcher_that_fails_at_the_last_moment_runs_nothing(through, tmp_path, monkeypatch):
    probed_only = '#!/bin/sh\ncase "$*" in *true) exit 0;; esac\necho "too late" >&2\nexit 3\n'
    with_programs(tmp_path, monkeypatch, bwrap=probed_only)
    service = through("bwrap")

    ended = service.run("waits", "Says")

    assert (ended.status, ended.status_reason) == ("errored", "process_died")


def test_a_scope_of_systemd_gets_the_limits_of_the_run(through, tmp_path, monkeypatch):
    noted = tmp_path / "noted"
    script = f'#!/bin/sh\necho "$*" >> {noted}\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'
    with_programs(tmp_path, monkeypatch, systemd_run=script)
    service = through("systemd-run", RUN_PROCESSES=77)

    ended = service.run("waits", "Says")

    assert (ended.status, ended.output.strip()) == ("completed", "output")
    assert (ended.sandbox["tier"], ended.sandbox["launcher"]) == (2, "systemd-run")
    last = noted.read_text().splitlines()[-1]
    assert "--scope" in last
    assert "--property=TasksMax=77" in last
    assert "--property=MemoryMax=4294967296" in last


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the account of a process")
def test_a_change_of_accounts_has_no_way_back():
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become(NOBODY, NOBODY)
            become(NOBODY, NOBODY)  # as a fork of one that has changed does
            os.write(theirs, f"{os.getresuid()} {os.getresgid()} {os.getgroups()}".encode())
            os.setresuid(0, 0, 0)
            os.write(theirs, b" came back")
        except PermissionError:
            os.write(theirs, b" stays")
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        text = told.read().decode()
    os.waitpid(pid, 0)

    numbers = (NOBODY,) * 3
    assert text == f"{numbers} {numbers} [] stays"


@pytest.mark.parametrize(
    ("account", "sentence"),
    [("root", "root's"), ("no-such-account", "useradd --system no-such-account")],
)
def test_an_account_that_cannot_be_used_is_named(account, sentence, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert sentence in launchers.problem_of({"SANDBOX_LAUNCHER": "uid", "SANDBOX_ACCOUNT": account})


def test_only_root_can_start_runs_as_somebody_else(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert "only root" in launchers.problem_of({"SANDBOX_LAUNCHER": "uid", "SANDBOX_ACCOUNT": "nobody"})
