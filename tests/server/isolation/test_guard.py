"""Faults F04, F07, F17 and F158 at the level of one child: nothing of it outlives its guard's word."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest
from tests.server.isolation.test_zygote import ends, inspect, jobs, zygote

from jobyard_server.isolation.child_process import ChildProcess

__all__ = ["jobs", "zygote"]  # fixtures of the neighbour

DAEMON = """
import os, signal, sys, time

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
"""
WAITS = "time.sleep(600)\n"


@pytest.fixture
def started(zygote, jobs):
    """A child whose module has made a daemon; the child itself ends or waits."""
    made = []

    def start(code: str) -> tuple[ChildProcess, int]:
        (jobs / "strays.py").write_text(code)
        child = zygote.spawn()
        made.append(child)
        inspect(child, jobs, "strays")
        assert select.select([child.console], [], [], 10)[0]
        daemon = int(os.read(child.console, 100))
        zygote.pump()
        return child, daemon

    yield start
    for child in made:
        child.close()


def test_a_daemon_ends_with_the_child_that_made_it(started):
    child, daemon = started(DAEMON)

    assert child.wait(10) == 0
    assert ends(daemon)


def test_a_child_that_ignores_everything_is_killed_with_its_daemon(started):
    child, daemon = started(DAEMON + WAITS)

    child.kill(signal.SIGTERM)
    child.kill()

    assert child.wait(5) == -signal.SIGKILL
    assert ends(daemon)
    assert ends(child.pid or 0)


def test_without_a_lease_everything_ends(started):
    child, daemon = started(DAEMON + WAITS)

    child.lease(0.1)

    assert child.wait(5) == -signal.SIGKILL
    assert ends(daemon)


def test_a_renewed_lease_keeps_the_child_alive(started):
    child, _ = started(DAEMON + WAITS)
    child.lease(0.2)
    child.lease(600)

    assert child.wait(0.5) is None


def test_when_the_owner_is_gone_everything_ends(started):
    child, daemon = started(DAEMON + WAITS)

    child.close()

    assert ends(daemon)
    assert ends(child.pid or 0)


def test_a_killed_guard_takes_the_child_with_it_and_the_zygote_ends_the_rest(started):
    child, daemon = started(DAEMON + WAITS)
    guard = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(guard, signal.SIGKILL)

    assert child.wait(5) == -signal.SIGKILL
    assert ends(child.pid or 0)
    assert ends(daemon)
