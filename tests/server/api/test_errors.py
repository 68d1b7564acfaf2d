"""Every error is JSON with a sentence: jobs-behaviour §13.1."""

from __future__ import annotations

import platform

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, OperationalError

from jobyard_server.api.job_results.endpoints import ResultList
from jobyard_server.api.urls import APPS

pytestmark = pytest.mark.django_db

RESULTS = "/api/extras/job-results/"
CANARY = "/srv/secret/path with hunter2"


@pytest.fixture
def fail(monkeypatch):
    """``fail(exc)`` makes the list of results raise."""

    def prepare(exc):
        def broken(_view, _request):
            raise exc

        monkeypatch.setattr(ResultList, "get", broken)

    return prepare


def test_an_unexpected_error_tells_neither_inputs_nor_paths(alice, fail, caplog):
    fail(RuntimeError(CANARY))

    answer = alice.get(RESULTS)

    body = answer.json()
    assert answer.status_code == 500
    assert set(body) == {"error", "exception", "jobyard_version", "python_version"}
    assert (body["exception"], body["python_version"]) == ("RuntimeError", platform.python_version())
    assert CANARY not in answer.content.decode()
    assert CANARY in caplog.text


@pytest.mark.parametrize("exc", [OperationalError(CANARY), OperationalError("the connection is closed")])
def test_a_database_that_is_away_is_worth_another_try(alice, fail, exc):
    fail(exc)

    answer = alice.get(RESULTS)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize(("exc", "status"), [(DataError(CANARY), 400), (SuspiciousOperation(CANARY), 400)])
def test_what_the_caller_did_wrong_is_not_an_error_of_the_server(alice, fail, exc, status):
    fail(exc)

    answer = alice.get(RESULTS)

    assert answer.status_code == status
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["no/", "no", "extras/no/", "extras/jobs//", "extras/jobs/%00/", "dcim/sites/x/y/z/", "x" * 5000]
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_does_not_exist(alice, method, path):
    answer = getattr(alice, method)(f"/api/{path}")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_nobody_learns_which_addresses_exist(anonymous):
    assert anonymous.get("/api/no/").json() == anonymous.get(RESULTS).json()
    assert anonymous.post("/api/no/").status_code == 403


def test_a_method_that_does_not_exist(bob):
    answer = bob.put("/api/", {})

    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "PUT" not allowed.'})


def test_the_root_leads_to_everything(bob):
    root = bob.get("/api/").json()

    assert list(root) == [*APPS, "settings", "schema", "docs"]
    assert {"extras", "dcim", "ipam", "users"} <= set(root)
    assert root["extras"] == "http://testserver/api/extras/"
    for address in (root[app] for app in APPS):
        for listed in bob.get(address).json().values():
            assert bob.get(listed).status_code in (200, 403)


def test_answers_are_not_kept_by_anybody(bob):
    assert bob.get(RESULTS)["Cache-Control"] == "no-store"
