"""Each engine with its broker, as the tests need them: made, watched, hurt, written to by strangers."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import pika
import redis
from django.conf import settings
from django.db import connection
from tests.tcp_proxy import Proxy

from jobyard_server.worker.engines.base import Engine, make_engine
from jobyard_server.worker.engines.messages import broker_queue

PATIENCE_SECONDS = 10.0  #: F104: so long at most until a consumer is back.


class Heard:
    """Remembers what a consumer was told."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._runs: list[UUID] = []

    def __call__(self, run_id: UUID) -> None:
        with self._changed:
            self._runs.append(run_id)
            self._changed.notify_all()

    @property
    def runs(self) -> list[UUID]:
        with self._changed:
            return list(self._runs)

    def wait_for(self, *runs: UUID, seconds: float = PATIENCE_SECONDS) -> None:
        """Until all of *runs* were heard."""
        with self._changed:
            heard = self._changed.wait_for(lambda: set(runs) <= set(self._runs), seconds)
        assert heard, f"heard {self.runs} instead of {runs}"


def send_until_heard(engine: Engine, heard: Heard, queue: str) -> None:
    """Messages may be lost while a broker comes back; that they arrive again is what counts."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        run = uuid.uuid4()
        engine.send(run, queue)
        with heard._changed:
            if heard._changed.wait_for(lambda: run in heard._runs, 1.0):  # noqa: B023  # called at once
                return
    raise AssertionError("no message arrives any more")


@dataclass(kw_only=True)
class Broker:
    """A broker under test, and the engine that uses it."""

    engine_name: str
    kind: str
    url: str | None
    prefix: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:12]}")

    def options(self, url: str | None = None) -> dict[str, object]:
        return {
            **settings.JOBYARD,
            "ENGINE": self.engine_name,
            "BROKER_URL": url or self.url,
            "BROKER_PREFIX": self.prefix,
        }

    @contextmanager
    def engine(self, url: str | None = None) -> Iterator[Engine]:
        """A new engine, as in a process of its own."""
        before = settings.JOBYARD
        settings.JOBYARD = self.options(url)
        try:
            made = make_engine()
        finally:
            settings.JOBYARD = before
        try:
            yield made
        finally:
            made.close()

    @contextmanager
    def proxy(self) -> Iterator[tuple[Proxy, str]]:
        """A proxy in front of the broker, and the address that leads through it."""
        with Proxy(self._place()) as proxy:
            yield proxy, self._address_with(proxy.port)

    def empty(self) -> None:
        """Everything that this broker holds for us is gone."""
        EMPTY[self.kind](self)

    def write(self, queue: str, body: bytes) -> None:
        """As a stranger who may write to the broker."""
        WRITE[self.engine_name, self.kind](self, broker_queue(self.prefix, queue), body)

    def held(self, queue: str) -> int:
        """Messages that wait in *queue* or are not settled."""
        return HELD[self.kind](self, broker_queue(self.prefix, queue))

    def wait_until_settled(self, queue: str) -> None:
        """Until *queue* holds nothing any more."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.held(queue):
            assert time.monotonic() < end, f"{self.held(queue)} messages are not settled"
            time.sleep(0.01)

    def _place(self) -> tuple[str, int]:
        if self.url is None:
            known = connection.settings_dict
            return str(known["HOST"]), int(known["PORT"] or 5432)
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    def _address_with(self, port: int) -> str:
        parts = urlsplit(self.url or "")
        login = f"{parts.username}:{parts.password}@" if parts.password else ""
        return f"{parts.scheme}://{login}127.0.0.1:{port}{parts.path}"


# PostgreSQL


def _empty_postgresql(_broker: Broker) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE dramatiq.queue, dramatiq.worker")


def _write_postgresql(_broker: Broker, queue: str, body: bytes) -> None:
    text = body.decode("utf-8", "replace").replace("\x00", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dramatiq.queue (queue_name, message_id, state, message, available_at)"
            " VALUES (%s, %s, 'queued', to_jsonb(%s::text), now())",
            [queue, uuid.uuid4(), text],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [f"dramatiq.{queue}.enqueue"])


def _held_postgresql(_broker: Broker, queue: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dramatiq.queue WHERE queue_name = %s", [queue])
        return int(cursor.fetchone()[0])


# Redis


def redis_client(broker: Broker) -> redis.Redis:
    return redis.Redis.from_url(broker.url)


def _empty_redis(broker: Broker) -> None:
    with redis_client(broker) as client:
        for key in client.scan_iter(f"*{broker.prefix}*"):
            client.delete(key)


def _write_dramatiq_redis(broker: Broker, queue: str, body: bytes) -> None:
    key = str(uuid.uuid4())
    with redis_client(broker) as client:
        client.hset(f"{broker.prefix}:{queue}.msgs", key, body)
        client.rpush(f"{broker.prefix}:{queue}", key)


def _write_celery_redis(broker: Broker, queue: str, body: bytes) -> None:
    with redis_client(broker) as client:
        client.lpush(queue, body)


def _held_redis(broker: Broker, queue: str) -> int:
    with redis_client(broker) as client:
        # Dramatiq keeps a body until it is settled; an id without one is what is left of an emptied queue.
        return int(client.hlen(f"{broker.prefix}:{queue}.msgs") + client.llen(queue))


# RabbitMQ


@contextmanager
def rabbitmq_channel(broker: Broker) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    opened = pika.BlockingConnection(pika.URLParameters(broker.url))
    try:
        yield opened.channel()
    finally:
        opened.close()


def _names(broker: Broker) -> list[str]:
    base = [broker_queue(broker.prefix, name) for name in ("default", "other", "q" * 64)]
    return [name + end for name in base for end in ("", ".DQ", ".XQ")]


def _empty_rabbitmq(broker: Broker) -> None:
    """Even the queues themselves, as after a reset of the broker."""
    for name in _names(broker):
        with rabbitmq_channel(broker) as channel:
            channel.queue_delete(name)


def _write_rabbitmq(broker: Broker, queue: str, body: bytes) -> None:
    with rabbitmq_channel(broker) as channel:
        channel.basic_publish(
            "", queue, body, pika.BasicProperties(content_type="application/x-python-serialize")
        )


def _held_rabbitmq(broker: Broker, queue: str) -> int:
    with rabbitmq_channel(broker) as channel:
        return int(channel.queue_declare(queue, passive=True).method.message_count)


EMPTY: dict[str, Callable[[Broker], None]] = {
    "postgresql": _empty_postgresql,
    "redis": _empty_redis,
    "rabbitmq": _empty_rabbitmq,
}
WRITE: dict[tuple[str, str], Callable[[Broker, str, bytes], None]] = {
    ("dramatiq", "postgresql"): _write_postgresql,
    ("dramatiq", "redis"): _write_dramatiq_redis,
    ("dramatiq", "rabbitmq"): _write_rabbitmq,
    ("celery", "redis"): _write_celery_redis,
    ("celery", "rabbitmq"): _write_rabbitmq,
}
HELD: dict[str, Callable[[Broker, str], int]] = {
    "postgresql": _held_postgresql,
    "redis": _held_redis,
    "rabbitmq": _held_rabbitmq,
}


def clean_up(broker: Broker) -> None:
    if broker.kind == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS dramatiq CASCADE")
        return
    broker.empty()
    if broker.kind == "rabbitmq":
        with rabbitmq_channel(broker) as channel:
            channel.exchange_delete(broker.prefix)
