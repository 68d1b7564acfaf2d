from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest
from django.conf import settings
from tests.server.isolation.test_zygote import inspect, jobs, read_to_end

from jobyard_server.isolation import nursery as nursery_module
from jobyard_server.isolation.nursery import nursery
from jobyard_server.isolation.zygote import Zygote

__all__ = ["jobs"]  # a fixture of the neighbour


@pytest.fixture
def kept(tmp_path):
    with nursery(settings.JOBYARD, tmp_path / "zygote.log"):
        yield


def parent_of(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def works(zygote: Zygote, folder) -> bool:
    child = zygote.spawn()
    inspect(child, folder, "works")
    frames = read_to_end(child)
    child.wait(5)
    child.close()
    return len(frames) == 3


@pytest.mark.usefixtures("kept")
def test_two_zygotes_are_split_from_one_and_do_not_know_each_other(jobs):
    first, second = Zygote(), Zygote()
    first.start()
    second.start()

    assert first.pid != second.pid
    assert works(first, jobs)
    first.stop()
    assert works(second, jobs)
    second.stop()


@pytest.mark.usefixtures("kept")
def test_without_its_nursery_a_zygote_lives_on_and_the_next_one_starts_by_itself(jobs):
    split = Zygote()
    split.start()

    os.kill(parent_of(split.pid), signal.SIGKILL)

    assert works(split, jobs)
    alone = Zygote()
    alone.start()
    assert works(alone, jobs)
    split.stop()
    alone.stop()


def test_a_zygote_ends_when_its_owner_lets_go(kept, jobs):
    zygote = Zygote()
    zygote.start()
    descriptor = os.pidfd_open(zygote.pid or 0)

    zygote.stop()

    assert select.select([descriptor], [], [], 5)[0]
    os.close(descriptor)


def test_nothing_is_left_of_a_nursery(tmp_path):
    with nursery(settings.JOBYARD, tmp_path / "zygote.log"):
        assert nursery_module._current

    assert not nursery_module._current
