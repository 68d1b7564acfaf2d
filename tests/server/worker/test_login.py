"""F120: a server that lets nobody in says nothing about the role of jobs."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker import login
from jobyard_server.worker.standby import Standby

pytestmark = pytest.mark.django_db


@pytest.fixture
def refusals(monkeypatch):
    """What the next tries are answered: a text for a refusal, None for success."""
    answers: list[str | None] = []
    monkeypatch.setattr(login, "_known", {})

    def answer(_login) -> None:
        text = answers.pop(0)
        if text is not None:
            raise OperationalError(text)

    monkeypatch.setattr(login, "_try", answer)
    return answers


@pytest.mark.parametrize(
    "texts",
    [
        ["connection failed: FATAL:  sorry, too many clients already"],
        ["FATAL:  remaining connection slots are reserved"],
        ["FATAL:  the database system is starting up"],
        ["FATAL:  zu viele Verbindungen", "FATAL:  zu viele Verbindungen"],
    ],
)
def test_f120_no_job_gets_the_login_of_the_service_because_the_server_is_full(refusals, texts):
    refusals += [*texts, None]

    with pytest.raises(OperationalError):
        login.child_login()

    assert login.child_login().role == "job"  # as soon as it is let in


def test_a_role_that_is_refused_is_replaced_by_that_of_the_service(refusals):
    refusals += ['FATAL:  password authentication failed for user "jobyard_job"', None]

    found = login.child_login()

    assert (found.role, found.problem[:30]) == (login.SERVICE, "FATAL:  password authenticatio")


def test_f120_without_a_login_no_child_is_prepared(refusals):
    refusals += ["sorry, too many clients already"]

    def spawn():
        raise AssertionError("no process is needed for that")

    with pytest.raises(ZygoteError, match="lets no child in"):
        Standby(spawn).take()
