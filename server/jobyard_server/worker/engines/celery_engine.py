"""
Celery over Redis or RabbitMQ: its messages, its queues, its tools; but the worker is jobyard's.

A Celery worker would execute a run in its own pool, settle late and repeat. See docs/adr/0014.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from celery import Celery
from django.conf import settings
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.message import Message
from kombu.messaging import Consumer

from jobyard_server.worker.engines.address import broker_kind, is_encrypted
from jobyard_server.worker.engines.base import OnMessage
from jobyard_server.worker.engines.listening import listening
from jobyard_server.worker.engines.messages import TASK, broker_queue, content_for, pass_on
from jobyard_server.worker.engines.posted import PostedEngine

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
IDLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 30
_UNREADABLE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)  #: What Kombu raises for an envelope of others.
_TRANSIENT = 1  #: Delivery mode: what the broker holds may be lost at any moment.

log = logging.getLogger(__name__)


def make_engine() -> PostedEngine:
    options = settings.JOBYARD
    return PostedEngine(CeleryEngine(make_app(options["BROKER_URL"]), prefix=options["BROKER_PREFIX"]))


def make_app(url: str) -> Celery:
    """A Celery application that speaks JSON only and stores no results."""
    app = Celery("jobyard", set_as_current=False, fixups=[])
    app.conf.update(
        broker_url=url,
        broker_use_ssl=_ssl_options(url),
        broker_connection_timeout=CONNECT_SECONDS,
        broker_transport_options=_transport_options(url),
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_send_sent_event=False,
        enable_utc=True,
    )
    return app


class CeleryEngine:
    """Sends tasks as any Celery client does, and takes them as messages, without looking for a task."""

    def __init__(self, app: Celery, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._producer: Any = None  # opened at the first message, by the thread of the outbox

    def send(self, run_id: UUID, queue: str) -> None:
        try:
            self._publish(run_id, queue)
        except Exception:  # noqa: BLE001  # whatever says that the connection is an old one
            self._hang_up()
            self._publish(run_id, queue)

    @contextmanager
    def consume(self, queues: list[str], on_message: OnMessage) -> Iterator[None]:
        chosen = [self._queue(queue) for queue in queues]
        with listening([partial(self._listen, chosen, on_message)]):
            yield

    def check(self) -> None:
        with self._app.connection_for_write() as connection:
            connection.connect()

    def close(self) -> None:
        self._hang_up()

    def _publish(self, run_id: UUID, queue: str) -> None:
        """Over a connection of our own: those of Celery's pools outlive the application that asked."""
        if self._producer is None:
            self._producer = self._app.amqp.Producer(self._app.connection_for_write())
        self._app.send_task(
            TASK,
            kwargs=content_for(run_id),
            queue=self._queue(queue),
            producer=self._producer,
            retry=False,
            ignore_result=True,
            delivery_mode=_TRANSIENT,
        )

    def _hang_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):  # a broker that is gone
                producer.connection.close()

    def _queue(self, queue: str) -> Queue:
        name = broker_queue(self._prefix, queue)
        return Queue(name, Exchange(self._prefix, type="direct"), routing_key=name)

    def _listen(self, queues: list[Queue], on_message: OnMessage, stop: threading.Event) -> None:
        with self._app.connection_for_read(heartbeat=HEARTBEAT_SECONDS) as connection:
            consumer = Consumer(
                connection.default_channel,
                queues=queues,
                on_message=partial(_take, on_message),
                no_ack=True,  # settled by its delivery: no time limit of a broker ever brings it back
            )
            with consumer:
                try:
                    while not stop.is_set():
                        _drain(connection)
                except _UNREADABLE:
                    log.warning("a message that cannot be read is dropped", extra={"action": "drop_message"})


def _drain(connection: Connection) -> None:
    try:
        connection.drain_events(timeout=IDLE_SECONDS)
    except TimeoutError:  # nothing came
        if connection.supports_heartbeats:
            connection.heartbeat_check()


def _take(on_message: OnMessage, message: Message) -> None:
    """Kombu reads JSON only; whatever else was sent is no message of ours."""
    try:
        content = message.decode()[1] if message.content_type == "application/json" else None
    except Exception:  # noqa: BLE001  # whoever wrote it may have written anything
        content = None
    pass_on(content, on_message)


def _transport_options(url: str) -> dict[str, Any]:
    if broker_kind(url) == "rabbitmq":
        return {"confirm_publish": True, "read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS}
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "socket_keepalive": True,
    }


def _ssl_options(url: str) -> dict[str, Any] | None:
    """Encrypted always means verified."""
    if not is_encrypted(url):
        return None
    if broker_kind(url) == "redis":
        return {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": urlsplit(url).hostname}
