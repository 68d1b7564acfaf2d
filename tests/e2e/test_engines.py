"""A whole installation over each engine that needs a broker: the same runs, deaths and ends."""

from __future__ import annotations

import os
import signal
import time
import uuid
from contextlib import ExitStack

import pytest
from tests.e2e.faulty import LOST_SECONDS, WORKS, Faulty, assert_gone, assert_in_service, reason
from tests.server.worker.engines.services import rabbitmq_address, redis_address

OTHERS = [("dramatiq", "redis"), ("dramatiq", "rabbitmq"), ("celery", "redis"), ("celery", "rabbitmq")]
RUNS = 5
ALL_SECONDS = 20.0  #: A worker that nobody wakes would sleep for five of them before most runs.


@pytest.fixture(params=OTHERS, ids="-on-".join)
def over(request, e2e_base, tmp_path_factory):
    """An installation with one of the engines, and every fail point set."""
    engine, broker = request.param
    with ExitStack() as exits:
        folder = tmp_path_factory.mktemp("broker")
        url = exits.enter_context(redis_address() if broker == "redis" else rabbitmq_address(folder))
        made = Faulty(
            e2e_base / f"{engine}-{broker}",
            JOBYARD_ENGINE=engine,
            JOBYARD_BROKER_URL=url,
            JOBYARD_BROKER_PREFIX=f"e2e-{uuid.uuid4().hex[:8]}",
        )
        exits.callback(made.installation.stop)
        made.start()
        yield made, f"engine {engine}, broker {broker} at 127.0.0.1"


def test_f29_whatever_carries_the_message_runs_end_as_they_do_with_the_default_engine(over):
    faulty, description = over
    installation = faulty.installation
    installation.run(WORKS, {"word": "first"}, commit=True)

    began = time.monotonic()
    for number in range(RUNS):  # each one is woken
        assert_in_service(faulty, f"quick-{number}")
    assert time.monotonic() - began < ALL_SECONDS
    assert description in installation.command("doctor", check=False).stdout

    _f06_the_job_dies(faulty)
    _f07_the_guard_dies(faulty)
    _f02_the_worker_dies_after_the_claim(faulty)
    _f01_the_worker_dies_before_the_claim(faulty)
    _f04_the_worker_dies_in_the_middle(faulty)
    assert_in_service(faulty, "last")


def _f06_the_job_dies(faulty: Faulty) -> None:
    run, pids = faulty.staying("f06")
    os.kill(pids[0], signal.SIGSEGV)
    assert reason(faulty.installation.finished(run)) == ("errored", "process_died")
    assert_gone(*pids)
    assert (faulty.begun("f06"), faulty.regions("f06")) == (1, 0)


def _f07_the_guard_dies(faulty: Faulty) -> None:
    run, pids = faulty.staying("f07")
    os.kill(pids[1], signal.SIGKILL)
    assert reason(faulty.installation.finished(run)) == ("errored", "process_died")
    assert_gone(*pids)


def _f02_the_worker_dies_after_the_claim(faulty: Faulty) -> None:
    faulty.arm("worker.claimed")
    run = faulty.installation.start_run(WORKS, {"word": "f02"}, commit=True)
    assert reason(faulty.installation.finished(run, LOST_SECONDS)) == ("errored", "worker_lost")
    assert faulty.begun("f02") == 0


def _f01_the_worker_dies_before_the_claim(faulty: Faulty) -> None:
    faulty.arm("worker.before_claim")
    assert_in_service(faulty, "f01")


def _f04_the_worker_dies_in_the_middle(faulty: Faulty) -> None:
    run, pids = faulty.staying("f04")
    os.kill(faulty.installation.part("worker"), signal.SIGKILL)
    assert_gone(*pids)
    assert reason(faulty.installation.finished(run, LOST_SECONDS)) == ("errored", "worker_lost")
    assert (faulty.begun("f04"), faulty.regions("f04")) == (1, 0)
