"""Brokers that are slow, gone, emptied or restarted: fault catalogue 8.5, over every engine."""

from __future__ import annotations

import logging
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from tests.server.worker.engines.brokers import Broker, Heard, send_until_heard
from tests.server.worker.engines.services import PrivateRedis, free_port

from jobyard_server.worker.engines.base import ENGINES

AT_ONCE_SECONDS = 0.2  #: P15 asks for one second for the whole request.


#: Reached over the network; the broker in the database is down only together with everything else.
far = pytest.mark.parametrize(
    "broker", [key for key in ENGINES if key[1] != "postgresql"], ids="-on-".join, indirect=True
)


@far
@pytest.mark.parametrize("fault", ["refuse", "blackhole", "freeze"])
def test_f103_f111_a_broker_that_is_down_delays_no_request_and_is_used_again_later(broker, fault, caplog):
    heard = Heard()
    with broker.proxy() as (proxy, url), broker.engine(url) as web:
        getattr(proxy, fault)()
        began = time.monotonic()
        for _ in range(50):
            web.send(uuid.uuid4(), "default")
        took = time.monotonic() - began

        proxy.heal()
        with broker.engine() as worker, worker.consume(["default"], heard):
            send_until_heard(web, heard, "default")

    assert took < AT_ONCE_SECONDS


@far
def test_f103_a_broker_that_is_down_is_found_not_well(broker):
    with broker.proxy() as (proxy, url), broker.engine(url) as engine:
        proxy.refuse()

        with pytest.raises(Exception):  # noqa: B017, PT011  # each library has its own
            engine.check()


@far
@pytest.mark.parametrize("fault", ["cut", "refuse"])
def test_f104_consumers_come_back_by_themselves(broker, fault):
    heard = Heard()
    with (
        broker.proxy() as (proxy, url),
        broker.engine(url) as worker,
        broker.engine() as web,
        worker.consume(["default"], heard),
    ):
        send_until_heard(web, heard, "default")
        getattr(proxy, fault)()
        proxy.heal()

        send_until_heard(web, heard, "default")


def test_f102_after_everything_at_the_broker_is_gone_consumers_still_hear(broker):
    heard = Heard()
    with broker.engine() as worker, broker.engine() as web, worker.consume(["default"], heard):
        send_until_heard(web, heard, "default")
        broker.empty()

        send_until_heard(web, heard, "default")


@pytest.fixture
def private_redis():
    made: list[PrivateRedis] = []

    def start(*arguments: str) -> PrivateRedis:
        server = PrivateRedis(*arguments)
        server.start()
        made.append(server)
        return server

    yield start
    for server in made:
        server.stop()


@pytest.fixture(params=["dramatiq", "celery"])
def on_redis(request, django_db_setup, django_db_blocker):
    def at(address: str) -> Broker:
        return Broker(engine_name=request.param, kind="redis", url=address)

    with django_db_blocker.unblock():
        yield at


def test_f104_a_redis_that_restarts_under_load_is_used_again(on_redis, private_redis):
    server, heard = private_redis(), Heard()
    broker = on_redis(f"redis://127.0.0.1:{server.port}/0")

    with broker.engine() as engine, engine.consume(["default"], heard):
        for _ in range(200):
            engine.send(uuid.uuid4(), "default")
        server.stop()
        server.start()

        send_until_heard(engine, heard, "default")


def test_f121_a_password_may_hold_any_character_and_is_never_logged(on_redis, private_redis, caplog):
    caplog.set_level(logging.DEBUG)
    server, heard = private_redis("--requirepass", "p@s:s/w?rd"), Heard()
    login = "redis://:p%40s%3As%2Fw%3Frd@127.0.0.1"
    broker = on_redis(f"{login}:{server.port}/0")

    with broker.engine() as engine, engine.consume(["default"], heard):
        send_until_heard(engine, heard, "default")
        server.stop()
        engine.send(uuid.uuid4(), "default")

    assert "p@s:s/w?rd" not in caplog.text
    assert "p%40s" not in caplog.text


def test_f121_a_certificate_that_nobody_vouches_for_is_refused(on_redis, private_redis, tmp_path):
    certificate, key = _self_signed(tmp_path)
    port = free_port()
    arguments = ("--tls-port", str(port), "--tls-cert-file", certificate, "--tls-key-file", key)
    server = PrivateRedis(
        *arguments, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no", port=port
    )
    server.start()
    try:
        with (
            on_redis(f"rediss://127.0.0.1:{port}/0").engine() as engine,
            pytest.raises(Exception, match=r"(?i)certificate"),  # each library has its own
        ):
            engine.check()
    finally:
        server.stop()


def _self_signed(folder: Path) -> tuple[str, str]:
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    subprocess.run(
        [*command, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key
