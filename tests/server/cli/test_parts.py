"""`jobyard web`, `worker`, `scheduler`, `manage`: how they are entered."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _logging_stays() -> Iterator[None]:
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def test_worker_serves_the_queues_it_was_given(jobyard, monkeypatch):
    served: list[list[str]] = []
    monkeypatch.setattr("jobyard_server.worker.main.work", served.append)

    assert jobyard("worker", "--queues", "default, slow").exit_code == 0
    assert jobyard("worker").exit_code == 0

    assert served == [["default", "slow"], ["default"]]


def test_a_worker_without_queues_is_wrong_usage(jobyard):
    assert jobyard("worker", "--queues", " , ").exit_code == 2


def test_the_old_name_of_the_default_queue_means_the_same(jobyard, monkeypatch):
    served: list[list[str]] = []
    monkeypatch.setattr("jobyard_server.worker.main.work", served.append)

    jobyard("worker", "--queues", "urgent,celery,default")

    assert served == [["urgent", "default"]]


def test_a_worker_refuses_what_cannot_be_a_queue(jobyard):
    answer = jobyard("worker", "--queues", "default,a queue")

    assert answer.exit_code == 2
    assert "'a queue' cannot be a queue" in answer.stderr


def test_scheduler_is_entered(jobyard, monkeypatch):
    entered: list[bool] = []
    monkeypatch.setattr("jobyard_server.scheduler.main.schedule", lambda: entered.append(True))

    assert jobyard("scheduler").exit_code == 0
    assert entered


def test_web_says_when_it_is_ready(jobyard, monkeypatch):
    monkeypatch.setattr("jobyard_server.web.serve", lambda listener, ready: (ready(), listener.close()))

    answer = jobyard("web", "--port", "0")

    assert answer.stdout.startswith("ready http://127.0.0.1:")


def test_a_taken_port_is_one_sentence(jobyard):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = jobyard("web", "--port", str(port))

    assert answer.stderr == (
        f"The web part cannot listen on 127.0.0.1 port {port} (Address already in use); use another --port.\n"
    )
    assert answer.exit_code == 1


def test_manage_passes_everything_on(jobyard):
    answer = jobyard("manage", "diffsettings", "--output", "unified", "--all")

    assert "ROOT_URLCONF = 'jobyard_server.urls'" in answer.stdout
    assert answer.exit_code == 0


def test_manage_help_is_djangos(jobyard):
    assert "Available subcommands" in jobyard("manage", "--help").stdout
