"""A signal before the parts are started."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from jobyard_sync.up.early_stop import NUMBERS, EarlyStop


@pytest.fixture(autouse=True)
def _handlers_return() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_it_ends_the_block_after_its_clean_up_and_is_no_error(number: int) -> None:
    steps: list[str] = []

    with EarlyStop():
        try:
            os.kill(os.getpid(), number)
            steps.append("went on")
        finally:
            os.kill(os.getpid(), number)  # an impatient second one
            steps.append("cleaned up")

    assert steps == ["cleaned up"]


def test_errors_pass() -> None:
    with pytest.raises(ValueError, match="wrong"), EarlyStop():
        raise ValueError("wrong")


class Destroyed:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_whose_exception_was_lost_is_remembered() -> None:
    """Exceptions in destructors go nowhere; a start that missed the signal would never end."""
    steps: list[str] = []

    with EarlyStop() as early:
        Destroyed()
        steps.append("went on")
        early.check()
        steps.append("started the parts")

    assert steps == ["went on"]
