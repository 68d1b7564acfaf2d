"""Dramatiq over Redis."""

from __future__ import annotations

import redis
from django.conf import settings
from dramatiq.brokers.redis import RedisBroker

from jobyard_server.worker.engines.dramatiq import DramatiqEngine
from jobyard_server.worker.engines.posted import PostedEngine

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
IDLE_MILLISECONDS = 50  #: Its consumers ask again and again: so long at most does an idle worker sleep.


def make_engine() -> PostedEngine:
    client = redis.Redis.from_url(
        settings.JOBYARD["BROKER_URL"],
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
    )
    prefix = settings.JOBYARD["BROKER_PREFIX"]
    broker = RedisBroker(client=client, middleware=[], namespace=prefix)
    engine = DramatiqEngine(broker, prefix=prefix, idle_milliseconds=IDLE_MILLISECONDS, ask=client.ping)
    return PostedEngine(engine)
