"""The rate limit of tokens."""

from __future__ import annotations

import uuid

import pytest

from jobyard_server.api.rate import RateLimit

KEY = uuid.uuid4()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_minutes_worth_at_once_and_then_evenly():
    clock = Clock()
    limit = RateLimit(clock=clock)

    waits = [limit.seconds_to_wait(KEY, 60) for _time in range(61)]
    clock.now = 1.0

    assert waits == [0.0] * 60 + [1.0]
    assert limit.seconds_to_wait(KEY, 60) == 0.0
    assert limit.seconds_to_wait(KEY, 60) == 1.0
    assert limit.seconds_to_wait(uuid.uuid4(), 60) == 0.0


@pytest.mark.django_db
def test_a_token_that_asks_too_often_is_told_when_to_come_back(alice, bob, settings):
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 2}

    answers = [alice.get("/api/") for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) == 30
    assert "2 requests in a minute" in answers[-1].json()["detail"]
    assert bob.get("/api/").status_code == 200
