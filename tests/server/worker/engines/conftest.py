from __future__ import annotations

import pytest

from jobyard_server.worker.engines.base import ENGINES


@pytest.fixture(scope="session")
def broker_urls(tmp_path_factory):
    """The address of each kind of broker; found or started when the first test asks for it."""
    from contextlib import ExitStack

    from tests.server.worker.engines import services

    known = {"postgresql": None}
    with ExitStack() as exits:

        def url_of(kind: str) -> str | None:
            if kind == "redis" and kind not in known:
                known[kind] = exits.enter_context(services.redis_address())
            if kind == "rabbitmq" and kind not in known:
                folder = tmp_path_factory.mktemp("rabbitmq")
                known[kind] = exits.enter_context(services.rabbitmq_address(folder))
            return known[kind]

        yield url_of


@pytest.fixture(autouse=True)
def short_idling(monkeypatch):
    """A consumer looks around ten times a second, so that the end of a test need not wait for it."""
    from jobyard_server.worker.engines import celery_engine, dramatiq_on_postgresql, dramatiq_on_rabbitmq

    monkeypatch.setattr(celery_engine, "IDLE_SECONDS", 0.1)
    for module in (dramatiq_on_postgresql, dramatiq_on_rabbitmq):
        monkeypatch.setattr(module, "IDLE_MILLISECONDS", 100)


@pytest.fixture(params=list(ENGINES), ids="-on-".join)
def broker(request, broker_urls, django_db_setup, django_db_blocker):
    """Every engine with every broker that it can use; no rows of ours, so nothing to flush."""
    from django.db import connection
    from tests.server.worker.engines.brokers import Broker, clean_up

    engine_name, kind = request.param
    made = Broker(engine_name=engine_name, kind=kind, url=broker_urls(kind))
    with django_db_blocker.unblock():
        yield made
        clean_up(made)
        connection.close()
