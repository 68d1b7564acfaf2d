from __future__ import annotations

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from drf_spectacular.views import SpectacularAPIView
from tests.server.api.cast import published, result_of, variable

from jobyard_server.api.schema import _general

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema():
    GENERATOR_STATS.reset()
    _general.cache_clear()  # or nothing is made, and nothing can be wrong
    with GENERATOR_STATS.silence():
        return SpectacularAPIView().generator_class().get_schema(request=None, public=True)


def test_the_schema_is_valid_and_complete(schema):
    validate_schema(schema)

    assert dict(GENERATOR_STATS._error_cache) == {}
    assert dict(GENERATOR_STATS._warn_cache) == {}


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/api/extras/jobs/", {"get", "put", "patch", "delete"}),
        ("/api/users/permissions/", {"get", "post", "put", "patch", "delete"}),
        ("/api/users/tokens/{id}/", {"get", "put", "patch", "delete"}),
        ("/api/users/audit-events/", {"get"}),
        ("/api/extras/jobs/{id}/", {"get", "put", "patch", "delete"}),
        ("/api/extras/jobs/{id}/run/", {"post"}),
        ("/api/extras/jobs/{source}/{module}/{job_class}/run/", {"post"}),
        ("/api/extras/job-results/{id}/cancel/", {"post"}),
        ("/api/extras/git-repositories/", {"get", "post"}),
        ("/api/dcim/sites/", {"get", "post", "put", "patch", "delete"}),
    ],
)
def test_what_clients_call_is_described(schema, address, methods):
    assert set(schema["paths"][address]) == methods


def test_the_catch_all_is_not_described(schema):
    assert not [address for address in schema["paths"] if "rest" in address]


def test_a_schema_is_served_to_whoever_is_logged_in(bob, anonymous):
    answer = bob.get("/api/schema/", HTTP_ACCEPT="application/json")

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert anonymous.get("/api/schema/").status_code == 403


def test_the_page_needs_a_login_and_nothing_from_elsewhere(client, alice):
    away = client.get("/api/docs/")
    client.force_login(alice.user)
    page = client.get("/api/docs/")

    assert (away.status_code, away["Location"]) == (302, "/login/?next=/api/docs/")
    assert page.status_code == 200
    assert b"swagger-ui-bundle.js" in page.content
    assert b"https://" not in page.content
    assert b"<script>" not in page.content


def test_answers_are_what_the_schema_says(schema, alice):
    """The typed dictionaries are checked by mypy; this checks that the schema is made of them."""
    job = published("example", "Hello", variable("name"))
    result_of(job)
    described = schema["paths"]["/api/extras/jobs/{id}/"]["get"]["responses"]["200"]

    answer = alice.get(f"/api/extras/jobs/{job.pk}/")

    properties = described["content"]["application/json"]["schema"]["properties"]
    assert set(answer.json()) == set(properties)
