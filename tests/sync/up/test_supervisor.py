"""The supervisor against real processes: fake parts that end, hang, print and leave children behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).with_name("fake_tree.py")
TIMEOUT = 20.0


class Tree:
    def __init__(self, folder: Path, kinds: tuple[str, ...]) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(TREE), str(folder), *kinds],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_started(self, kinds: tuple[str, ...]) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"
        for kind in kinds:
            until((self.folder / f"{kind}.pid").exists)

    def pid(self, kind: str) -> int:
        return int((self.folder / f"{kind}.pid").read_text())

    def events(self) -> list[str]:
        return (self.folder / "events").read_text().splitlines()

    def stop(self, number: int = signal.SIGTERM) -> tuple[str, str]:
        self.process.send_signal(number)
        return self.process.communicate(timeout=TIMEOUT)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Tree]]:
    trees: list[Tree] = []

    def start(*kinds: str) -> Tree:
        trees.append(Tree(tmp_path, kinds))
        trees[-1].wait_until_started(kinds)
        return trees[-1]

    yield start
    for tree in trees:
        if tree.process.poll() is None:
            tree.process.kill()
        tree.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_f197_a_signal_stops_the_parts_in_their_order_with_status_0(
    start: Callable[..., Tree], number: int
) -> None:
    tree = start("steady", "second")

    tree.stop(number)

    assert tree.process.returncode == 0
    assert tree.events()[-3:] == ["steady stopped", "second stopped", "tree stopped"]


def test_a_killed_part_is_started_again_and_told(start: Callable[..., Tree]) -> None:
    tree = start("steady", "second")
    first = tree.pid("steady")

    os.kill(first, signal.SIGKILL)
    until(lambda: tree.pid("steady") != first)
    _, told = tree.stop()

    assert "steady was killed by signal 9; starting it again in 0.1 s" in told
    assert tree.events().count("second started") == 1


def test_a_part_that_ends_at_once_is_started_again_ever_later(start: Callable[..., Tree]) -> None:
    tree = start("dying")

    until(lambda: tree.events().count("dying started") >= 4)
    _, told = tree.stop()

    waits = [line.partition(" in ")[2].partition(" s ")[0] for line in told.splitlines()]
    assert waits[:3] == ["0.1", "0.2", "0.4"]
    assert "dying ended with status 7" in told


def test_an_exception_of_a_part_is_in_its_own_log(start: Callable[..., Tree]) -> None:
    tree = start("failing")
    log = tree.folder / "logs" / "failing.log"

    until(lambda: log.exists() and log.read_text())
    tree.stop()

    line = json.loads(log.read_text().splitlines()[0])
    assert line["message"] == "failing ended with an error"
    assert "RuntimeError: the fake part fails" in line["traceback"]


def test_f197_a_part_that_ignores_sigterm_is_killed_after_its_grace(start: Callable[..., Tree]) -> None:
    tree = start("stubborn")
    pid = tree.pid("stubborn")

    tree.stop()

    assert tree.process.returncode == 0
    assert not lives(pid)


def test_what_a_part_left_in_its_process_group_ends_with_it(start: Callable[..., Tree]) -> None:
    tree = start("leaving")
    leftover = tree.pid("leftover")

    os.kill(tree.pid("leaving"), signal.SIGKILL)

    until(lambda: not lives(leftover))


def test_standard_output_belongs_to_the_ready_line(start: Callable[..., Tree]) -> None:
    tree = start("printing")

    printed, told = tree.stop()

    assert printed == ""
    assert "a part speaks" in told


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_parts_end_with_a_parent_that_was_killed(start: Callable[..., Tree]) -> None:
    tree = start("steady", "stubborn")
    pids = [tree.pid("steady"), tree.pid("stubborn")]

    tree.process.kill()

    until(lambda: not any(lives(pid) for pid in pids))


def test_ctrl_c_in_a_terminal_reaches_the_parent_alone(start: Callable[..., Tree]) -> None:
    tree = start("steady")

    assert os.getsid(tree.pid("steady")) == tree.pid("steady")
    assert os.getsid(tree.process.pid) != tree.pid("steady")
