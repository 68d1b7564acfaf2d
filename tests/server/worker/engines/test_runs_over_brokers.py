"""Whole runs, with a real broker between the request and the worker."""

from __future__ import annotations

import subprocess
import sys
import uuid
from contextlib import ExitStack

import pytest
from tests.server.worker.engines.brokers import Broker, clean_up

from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.models import JobResult
from jobyard_server.scheduler.sweeper import sweep
from jobyard_server.worker.claims import claim_next
from jobyard_server.worker.engines.base import ENGINES, use_engine

QUICK = """
    from jobyard import Job


    class Quick(Job):
        class Meta:
            task_queues = ["default", "urgent"]

        def run(self, data, commit):
            self.log_info(message="one start")


    class Waits(Job):
        def run(self, data, commit):
            import pathlib, time
            self.log_info(message="one start")
            while not pathlib.Path("{flag}").exists():
                time.sleep(0.02)
"""


@pytest.fixture(params=list(ENGINES), ids="-on-".join)
def over(request, service, broker_urls, tmp_path):
    """The worker of the test, woken by the broker alone; jobs ``Quick`` and ``Waits``."""
    engine_name, kind = request.param
    broker = Broker(engine_name=engine_name, kind=kind, url=broker_urls(kind))
    service.publish(jobs=QUICK.format(flag=tmp_path / "go-on"))
    with ExitStack() as exits:
        exits.callback(clean_up, broker)
        engine = exits.enter_context(broker.engine())
        exits.enter_context(engine.consume(["default"], service.inbox.wake_up))
        use_engine(engine)
        service.broker, service.engine, service.flag = broker, engine, tmp_path / "go-on"
        yield service


def starts(service, results) -> list[int]:
    return [service.rows(result).count(("run", "info", "one start")) for result in results]


def test_f102_an_emptied_broker_loses_no_run_and_doubles_none(over, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SWEEP_SECONDS": 0.0}
    running = [over.submit("jobs", "Waits") for _ in range(2)]
    over.turn_until(lambda: JobResult.objects.filter(status="running").count() == 2)
    waiting = [over.submit("jobs", "Quick") for _ in range(20)]

    over.broker.empty()
    sweep()
    over.flag.touch()
    ended = [over.finish(result) for result in [*running, *waiting]]

    assert {result.status for result in ended} == {"completed"}
    assert starts(over, ended) == [1] * len(ended)


def test_f105_duplicates_late_messages_and_those_of_cancelled_runs_start_nothing(over):
    ended = over.run("jobs", "Quick")
    cancelled = over.submit("jobs", "Quick")
    request_cancel(cancelled, over.user)
    for message in (ended.pk, cancelled.pk, ended.pk, uuid.uuid4()):
        over.engine.send(message, "default")

    after = over.run("jobs", "Quick")

    assert starts(over, [ended, cancelled, after]) == [1, 0, 1]
    assert over.read(cancelled).status == "cancelled"


def test_the_first_queue_of_a_worker_is_served_first(service):
    service.publish(jobs=QUICK.format(flag="/nonexistent"))
    waiting = [service.submit("jobs", "Quick") for _ in range(2)]
    JobResult.objects.filter(pk=waiting[1].pk).update(task_queue="urgent")

    first = claim_next(uuid.uuid4(), ["urgent", "default"])
    second = claim_next(uuid.uuid4(), ["urgent", "default"])

    assert [first.result.task_queue, second.result.task_queue] == ["urgent", "default"]


def test_libraries_that_nobody_chose_are_not_imported():
    code = (
        "import django, sys; django.setup()\n"
        "from jobyard_server.worker.engines.base import engine\n"
        "engine()\n"
        "print([name for name in ('celery', 'kombu', 'pika', 'redis') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
