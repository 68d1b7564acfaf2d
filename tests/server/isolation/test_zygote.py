from __future__ import annotations

import gc
import os
import select
import signal
from pathlib import Path

import pytest

from jobyard_server.isolation.containment import containment
from jobyard_server.isolation.zygote import ChildProcess, Zygote, ZygoteError

JOB = "from jobyard import Job\n\n\nclass Works(Job):\n    def run(self, data, commit):\n        pass\n"


@pytest.fixture(scope="module")
def zygote(tmp_path_factory):
    made = Zygote(tmp_path_factory.mktemp("zygote") / "zygote.log")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    (tmp_path / "works.py").write_text(JOB)
    return tmp_path


def inspect(child: ChildProcess, root: Path, *names: str) -> None:
    modules = [{"name": name, "path": f"{name}.py"} for name in names]
    child.send(
        {
            "task": "inspect",
            "database": None,
            "root": str(root),
            "job_path": "",
            "source": "local",
            "digest": "a" * 64,
            "modules": modules,
            "containment": containment(),
            "scratch": str(root),
            "nonce": "n",
        }
    )


def read_to_end(child: ChildProcess) -> list[dict]:
    frames: list[dict] = []
    while True:
        assert select.select([child], [], [], 10)[0], "the child said nothing for ten seconds"
        try:
            frames += child.receive()
        except EOFError:
            return frames


def descriptor_count() -> int:
    gc.collect()  # what earlier tests left to the collector is not ours to count
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_child_does_its_task_and_ends(zygote, jobs):
    child = zygote.spawn()

    inspect(child, jobs, "works")
    frames = read_to_end(child)

    assert frames[0] == {"module": "works", "started": True, "nonce": "n"}
    assert [job["class_name"] for job in frames[1]["report"]["jobs"]] == ["Works"]
    assert frames[2] == {"done": True, "nonce": "n"}
    assert child.wait(5) == 0
    child.close()


def test_a_child_that_is_killed_says_which_signal_it_was(zygote, jobs):
    (jobs / "hangs.py").write_text("import time\nprint('hanging')\ntime.sleep(60)\n")
    child = zygote.spawn()
    inspect(child, jobs, "hangs")
    assert select.select([child.console], [], [], 10)[0]

    child.kill(signal.SIGTERM)

    assert child.wait(5) == -signal.SIGTERM
    assert os.read(child.console, 100) == b"hanging\n"
    child.close()


def test_a_child_sees_nothing_of_the_environment_but_the_allow_list(zygote, jobs, monkeypatch):
    monkeypatch.setenv("JOBYARD_SECRET_KEY", "x" * 60)
    (jobs / "looks.py").write_text("import os\nprint(sorted(os.environ))\n")
    child = zygote.spawn()

    inspect(child, jobs, "looks")
    read_to_end(child)
    child.wait(5)

    names = os.read(child.console, 10_000).decode()
    assert "JOBYARD_SECRET_KEY" not in names
    assert "DATABASE" not in names
    child.close()


SOCKETS = """
import os, stat
def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
print(sum(map(is_socket, range(256))))
"""


def test_zy04_a_child_has_no_socket_but_its_own_channel(zygote, jobs):
    """So neither that of its zygote, by which forks are ordered, nor that of its guard."""
    (jobs / "counts.py").write_text(SOCKETS)
    child = zygote.spawn()

    inspect(child, jobs, "counts")
    read_to_end(child)
    child.wait(5)

    assert os.read(child.console, 100) == b"1\n"
    child.close()


def test_what_a_child_started_in_its_group_ends_with_it(zygote, jobs):
    (jobs / "leaves.py").write_text("import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)\n")
    child = zygote.spawn()
    inspect(child, jobs, "leaves")
    read_to_end(child)
    child.wait(5)

    left = int(os.read(child.console, 100))

    assert ends(left)
    child.close()


def ends(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 5)[0])
    finally:
        os.close(descriptor)


def test_a_child_goes_on_without_its_zygote_and_a_new_one_can_be_started(tmp_path, jobs):
    zygote = Zygote(tmp_path / "zygote.log")
    zygote.start()
    child = zygote.spawn()
    zygote.pump(5)
    assert child.pid

    os.kill(zygote.pid or 0, signal.SIGKILL)

    assert ends(zygote.pid or 0)
    assert not zygote.is_alive
    with pytest.raises(ZygoteError):
        zygote.spawn()
    inspect(child, jobs, "works")
    assert len(read_to_end(child)) == 3
    assert child.wait(5) == 0
    zygote.stop()
    zygote.start()
    again = zygote.spawn()
    inspect(again, jobs, "works")
    assert len(read_to_end(again)) == 3
    again.close()
    child.close()
    zygote.stop()


def test_descriptors_are_given_back(zygote, jobs):
    def use_one() -> None:
        child = zygote.spawn()
        inspect(child, jobs, "works")
        read_to_end(child)
        child.wait(5)
        child.close()

    use_one()
    before = descriptor_count()
    for _ in range(5):
        use_one()

    assert descriptor_count() == before
