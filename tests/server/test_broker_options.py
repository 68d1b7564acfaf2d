"""Which engine goes with which broker, and what a wrong pair is told."""

from __future__ import annotations

import pytest

from jobyard_server.options import OptionError, read_options
from jobyard_server.worker.engines.address import shown_address


def options(**values: str) -> dict[str, object]:
    return read_options({f"JOBYARD_{name}": value for name, value in values.items()})


@pytest.mark.parametrize(
    ("engine", "url"),
    [
        ("dramatiq", "postgresql://jobyard:x@db.example.com/queue"),
        ("dramatiq", "redis://127.0.0.1:6379/1"),
        ("dramatiq", "rediss://:secret@redis.example.com/0"),
        ("celery", "amqp://localhost"),
        ("celery", "amqps://user:secret@mq.example.com/vhost"),
    ],
)
def test_a_pair_that_works_is_taken(engine, url):
    assert options(ENGINE=engine, BROKER_URL=url)["BROKER_URL"] == url


@pytest.mark.parametrize("url", [None, "postgresql://jobyard:hidden@localhost/queue"])
def test_celery_without_a_broker_of_its_kind_stops_the_start(url):
    values = {"ENGINE": "celery", **({"BROKER_URL": url} if url else {})}

    with pytest.raises(OptionError, match="celery needs JOBYARD_BROKER_URL with redis://") as refused:
        options(**values)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://redis.example.com/0", "amqp://guest@192.0.2.7/"])
def test_a_broker_elsewhere_without_a_password_stops_the_start(url):
    with pytest.raises(OptionError, match="needs a password"):
        options(BROKER_URL=url)


def test_an_unknown_scheme_is_refused_without_showing_the_address():
    with pytest.raises(OptionError, match="starts with") as refused:
        options(BROKER_URL="kafka://user:hidden@localhost")

    assert "hidden" not in str(refused.value)


def test_the_address_that_people_see_has_no_password():
    assert shown_address("amqp://user:hidden@mq.example.com:5671/v") == "rabbitmq at mq.example.com:5671"
    assert shown_address(None) == "in the database"
