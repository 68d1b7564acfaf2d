"""Dramatiq over RabbitMQ."""

from __future__ import annotations

import logging

import pika
from django.conf import settings
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from jobyard_server.worker.engines.dramatiq import DramatiqEngine
from jobyard_server.worker.engines.posted import PostedEngine

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
IDLE_MILLISECONDS = 1000

# It logs the whole text of a message that it cannot read, however long and whoever wrote it.
logging.getLogger("dramatiq.brokers.rabbitmq").setLevel(logging.CRITICAL)


def make_engine() -> PostedEngine:
    broker = RabbitmqBroker(url=settings.JOBYARD["BROKER_URL"], middleware=[], confirm_delivery=True)
    _limit_waiting(broker.parameters)
    engine = DramatiqEngine(
        broker,
        prefix=settings.JOBYARD["BROKER_PREFIX"],
        idle_milliseconds=IDLE_MILLISECONDS,
        ask=lambda: pika.BlockingConnection(broker.parameters).close(),
    )
    return PostedEngine(engine)


def _limit_waiting(parameters: pika.URLParameters) -> None:
    parameters.socket_timeout = CONNECT_SECONDS
    parameters.stack_timeout = ANSWER_SECONDS
    parameters.blocked_connection_timeout = ANSWER_SECONDS
    parameters.connection_attempts = 1
