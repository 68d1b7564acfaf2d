"""A step of the start that runs in a process of its own."""

from __future__ import annotations

import os

import pytest

from jobyard_server.database.errors import StartFailedError
from jobyard_sync.up.apart import apart
from jobyard_sync.up.errors import StepFailedError


def test_what_it_loads_stays_out_of_this_process():
    there = []

    apart(lambda: there.append(os.getpid()))

    assert there == []


def test_its_error_is_told_here():
    def fail() -> None:
        raise StartFailedError("The tables are locked; try again.")

    with pytest.raises(StepFailedError, match=r"The tables are locked; try again\."):
        apart(fail)


def test_its_death_is_told_here():
    with pytest.raises(StepFailedError, match="ended with status"):
        apart(lambda: os._exit(7))
