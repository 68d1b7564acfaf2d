"""Dramatiq, whatever its broker: how messages are made and how they are taken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

from dramatiq.broker import Broker
from dramatiq.errors import DecodeError
from dramatiq.message import Message

from jobyard_server.worker.engines.base import OnMessage
from jobyard_server.worker.engines.listening import listening
from jobyard_server.worker.engines.messages import TASK, broker_queue, content_for, pass_on

_UNREADABLE = (DecodeError, LookupError, TypeError, ValueError, AttributeError)

log = logging.getLogger(__name__)


class DramatiqEngine:
    """
    One broker for each process; its connections are opened at first use.

    Neither actors nor Dramatiq's worker: retries, time limits and results would each start a run twice or
    end it early, and a message is settled before anybody looks at it.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        prefix: str,
        idle_milliseconds: int,
        ask: Callable[[], object],
        prepare: Callable[[], None] = lambda: None,
        empty: Callable[[str], None] | None = None,
    ) -> None:
        """
        Use *broker*.

        Args:
            broker: Without middleware.
            prefix: Of the names of queues at the broker.
            idle_milliseconds: How long a consumer waits for a message before it looks around.
            ask: Makes the broker answer, or raises.
            prepare: Called before listening, each time.
            empty: Takes all messages out of a queue, by its name at the broker.
        """
        self._broker = broker
        self._prefix = prefix
        self._idle_milliseconds = idle_milliseconds
        self._ask = ask
        self._prepare = prepare
        self._empty = empty or broker.flush

    def send(self, run_id: UUID, queue: str) -> None:
        name = broker_queue(self._prefix, queue)
        self._broker.enqueue(
            Message(queue_name=name, actor_name=TASK, args=(content_for(run_id),), kwargs={}, options={})
        )

    @contextmanager
    def consume(self, queues: list[str], on_message: OnMessage) -> Iterator[None]:
        names = [broker_queue(self._prefix, queue) for queue in queues]
        with suppress(Exception):  # the broker may be away; every listener tries again
            self._prepare()
        with listening([partial(self._listen, name, on_message) for name in names]):
            yield

    def check(self) -> None:
        self._ask()

    def close(self) -> None:
        with suppress(Exception):  # a broker that is gone
            self._broker.close()

    def _listen(self, name: str, on_message: OnMessage, stop: threading.Event) -> None:
        self._prepare()
        self._broker.declare_queue(name)
        consumer = self._broker.consume(name, prefetch=1, timeout=self._idle_milliseconds)
        try:
            while not stop.is_set():
                self._take(consumer, on_message)
        except _UNREADABLE:
            # The library would bring it back for ever. Emptying a queue loses nothing, see the sweeper.
            self._empty(name)
            log.warning("the queue held a message that cannot be read and was emptied")
        finally:
            with suppress(Exception):  # the connection is gone already
                consumer.close()

    def _take(self, consumer: Any, on_message: OnMessage) -> None:
        message = next(consumer)
        if message is not None:
            consumer.ack(message)
            pass_on(message.args[0] if message.args else None, on_message)
