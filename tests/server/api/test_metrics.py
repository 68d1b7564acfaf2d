from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from tests.server.api.cast import alive, result_of

from jobyard_server.access.models import Token
from jobyard_server.api import metrics

pytestmark = pytest.mark.django_db

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def scrape(**extra):
    return Client().get("/metrics", **extra)


def samples(answer):
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def test_runs_and_parts(job):
    alive("worker")
    result_of(job, "failed")
    result_of(job, "failed")

    found = samples(scrape())

    assert found["jobyard_database_up",] == 1
    assert found["jobyard_component_up", "worker"] == 1
    assert found["jobyard_component_up", "sync"] == 0
    assert found["jobyard_results", "failed"] == 2
    assert found["jobyard_results", "running"] == 0


def test_durations_are_counted_under_names_of_ours(alice):
    key = ("jobyard_api_request_seconds_count", "200", "ApiRoot", "GET")
    before = samples(scrape()).get(key, 0)

    alice.get("/api/")
    alice.generic("BREW", "/api/no/such/address/")

    found = samples(scrape())
    assert found[key] == before + 1
    assert not [name for name in found if "BREW" in name or "such" in str(name)]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_ask(address):
    assert scrape(REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "", "unix:", "2001:db8::1"])
def test_others_may_not(address):
    answer = scrape(REMOTE_ADDR=address)

    assert answer.status_code == 403
    assert answer.json()["detail"]


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"])
def test_a_proxy_on_this_machine_makes_nobody_local(header):
    assert scrape(REMOTE_ADDR="127.0.0.1", **{header: "127.0.0.1"}).status_code == 403


def test_a_token_lets_others_in(alice):
    reader = alice.read_only()

    assert scrape(**ELSEWHERE, HTTP_AUTHORIZATION=f"Token {reader.token.key}").status_code == 200
    assert scrape(**ELSEWHERE, HTTP_AUTHORIZATION="Token " + "0" * 40).status_code == 403


def test_a_token_that_is_over_lets_nobody_in(alice):
    Token.objects.update(expires=timezone.now())

    assert scrape(**ELSEWHERE, HTTP_AUTHORIZATION=f"Token {alice.token.key}").status_code == 403


def test_without_a_database_that_is_what_is_told(monkeypatch):
    def refuse():
        raise OperationalError("gone")

    monkeypatch.setattr(metrics, "component_states", refuse)

    found = samples(scrape())

    assert found["jobyard_database_up",] == 0
    assert not [name for name in found if name[0] == "jobyard_results"]
