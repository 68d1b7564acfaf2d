from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError
from django.test import Client
from tests.server.api.cast import alive

from jobyard_server import health

pytestmark = pytest.mark.django_db(transaction=True)

ALL = ("sync", "worker", "scheduler")


@pytest.fixture
def client():
    return Client()


def test_live_says_that_this_process_answers(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "components": {"web": "ok"}}


def test_ready_when_all_parts_are_alive(client):
    for kind in ALL:
        alive(kind)

    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "components": {"database": "ok", "sync": "ok", "worker": "ok", "scheduler": "ok"},
    }


@pytest.mark.parametrize("missing", ALL)
def test_f196_one_part_that_is_missing_is_named(client, missing):
    for kind in ALL:
        if kind != missing:
            alive(kind)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["components"][missing] == "missing"
    assert answer.json()["status"] == "unavailable"


def test_f196_a_database_that_refuses(client, monkeypatch):
    def refuse():
        raise OperationalError('connection to "10.0.0.5" failed: password hunter2')

    monkeypatch.setattr(health, "component_states", refuse)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["components"]["database"] == "down"
    assert "10.0.0.5" not in answer.content.decode()
    assert "hunter2" not in answer.content.decode()


def test_f196_a_database_that_hangs_is_not_waited_for(client, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(health, "component_states", lambda: released.wait(30) and {})
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.2)

    began = time.monotonic()
    answers = [client.get("/health/ready") for _ in range(3)]
    took = time.monotonic() - began
    released.set()
    health._look._current.result(timeout=5)

    assert [answer.status_code for answer in answers] == [503] * 3
    assert answers[0].json()["components"]["database"] == "down"
    assert took < 3


def test_an_unexpected_error_is_no_page_with_a_traceback(client, monkeypatch):
    monkeypatch.setattr(health, "component_states", lambda: {}["x"])

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert "Traceback" not in answer.content.decode()


def test_f196_callers_learn_one_word_per_part(client):
    for kind in ALL:
        alive(kind)

    assert set(client.get("/health/ready").json()["components"].values()) == {"ok"}


@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_asking_changes_nothing(client, address, method):
    assert getattr(client, method)(address).status_code == 405
