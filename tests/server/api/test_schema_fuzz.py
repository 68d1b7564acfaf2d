"""
F182: schemathesis makes requests from the whole schema; nothing may answer 5xx, with rights and without.

Models of the inventory are alike, so each of their operations gets one request and the others get several.
"""

from __future__ import annotations

import json
import warnings
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from django.db import transaction
from drf_spectacular.views import SpectacularAPIView
from hypothesis import HealthCheck, Phase
from tests.server.api.cast import alive, git_source, published, result_of, variable
from tests.server.walk import INVENTORY

pytestmark = pytest.mark.django_db
HOW = hypothesis.settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OFTEN, ONCE = 8, 1
EXPECTED = 503  #: What answers without its part: that is a promise, not an accident.


@pytest.fixture(scope="module")
def schema():
    found = SpectacularAPIView().generator_class().get_schema(request=None, public=True)
    return schemathesis.openapi.from_dict(json.loads(json.dumps(found, default=str)))


@pytest.fixture
def known():
    """Ids of rows that are there, for half of the requests."""
    alive("worker", ["default"])
    job = published("example", "Hello", variable("foo"))
    repository = git_source("netops").git_repository
    return {"jobs": job.pk, "job-results": result_of(job).pk, "git-repositories": repository.pk}


def operations(schema):
    for found in schema.get_all_operations():
        yield found.ok()


def send(caller, case, known, number) -> Any:
    path = case.formatted_path
    kind = next((name for name in known if f"/{name}/{{id}}" in case.path), None)
    if kind and number % 2:
        path = case.path.replace("{id}", str(known[kind]))
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    address = path + (f"?{urlencode(query, doseq=True)}" if query else "")
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool | None) else None
    return caller.generic(case.method, address, _encoded(body), content_type="application/json")


def _encoded(body: Any) -> bytes:
    try:
        return json.dumps(body).encode() if body is not None else b""
    except (TypeError, ValueError):
        return b"{}"  # bytes for an upload: the multipart forms have tests of their own


@pytest.mark.parametrize("role", ["alice", "charlie"])
def test_f182_nothing_answers_with_an_error_of_the_server(request, schema, known, role, settings):
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0}
    caller = request.getfixturevalue(role)
    wrong: list[str] = []

    def check(case: Any, number: int) -> None:
        with transaction.atomic():
            answer = send(caller, case, known, number)
            transaction.set_rollback(True)
        if answer.status_code >= 500 and answer.status_code != EXPECTED:
            wrong.append(f"{case.method} {case.path} {case.query} {case.body!r}: {answer.content[:300]!r}")

    for operation in operations(schema):
        repeated = f"{operation.path.split('{')[0]}".lstrip("/") in INVENTORY
        times = ONCE if repeated or role == "charlie" else OFTEN
        _each(operation, times, check)

    assert wrong == []


def _each(operation: Any, times: int, check: Any) -> None:
    numbers = iter(range(1_000_000))

    @hypothesis.settings(HOW, max_examples=times)
    @hypothesis.given(case=operation.as_strategy())
    def run(case: Any) -> None:
        check(case, next(numbers))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the generator, about schemas that it narrows
        run()
