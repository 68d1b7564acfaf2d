"""Programs end with all their helpers, at the deadline and when the caller leaves."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobyard_repos.errors import GitUnavailable
from jobyard_repos.processes import GitProcess, Tail, drain

# A helper in the background keeps the pipe open after its parent, as git-remote-https can.
ORPHAN = 'sleep 60 & echo "$!"; {rest}'


def _process(script: str, timeout_seconds: float = 30) -> GitProcess:
    return GitProcess(
        ["/bin/sh", "-c", script],
        environment={"PATH": os.defpath},
        folder=Path("/"),
        timeout_seconds=timeout_seconds,
        stdout=True,
    )


def _is_gone(pid: int, within_seconds: float = 5) -> bool:
    """An orphan is collected by whoever adopted it, so its end takes a moment; a zombie has ended."""
    end = time.monotonic() + within_seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


@pytest.mark.parametrize("rest", ["wait", "exit 0"])
def test_f76_helpers_end_at_the_deadline_also_when_their_parent_ended_before(rest: str) -> None:
    started = time.monotonic()
    with _process(ORPHAN.format(rest=rest), timeout_seconds=0.3) as process:
        output = Tail(100)
        drain({process.stdout.fileno(): output})
        process.wait()

    assert process.timed_out
    assert time.monotonic() - started < 30  # the helper would sleep for longer
    assert _is_gone(int(output.data))


def test_f76_helpers_end_when_the_caller_leaves_early() -> None:
    with _process(ORPHAN.format(rest="wait")) as process:
        helper = int(process.stdout.readline())
    assert _is_gone(helper)


def test_the_timer_does_not_hit_what_ended_in_time() -> None:
    with _process("echo done", timeout_seconds=30) as process:
        assert process.stdout.read() == b"done\n"
        assert process.wait() == 0
    process.kill()
    assert not process.timed_out


def test_only_the_end_of_a_long_output_is_kept() -> None:
    tail = Tail(10)
    with _process("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; echo end") as process:
        drain({process.stdout.fileno(): tail})
        assert process.wait() == 0
    assert tail.data == b"23456789\nend\n"[-10:]


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(GitUnavailable, match="/nonexistent/git cannot be started"):
        GitProcess(["/nonexistent/git"], environment={}, folder=Path("/"), timeout_seconds=1)


def test_a_pipe_that_was_not_asked_for_is_not_there() -> None:
    with _process("exit 0") as process, pytest.raises(ValueError, match="no such pipe"):
        process.stderr.read()
