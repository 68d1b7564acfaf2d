"""No body of a run request makes the server err, and what was accepted is stored as JSON can carry it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.server.api.cast import published, variable

from jobyard_server.runs.models import JobResult

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

CHOICES = [["a", "A"], ["b", "B"]]
KINDS = {
    "StringVar": {},
    "TextVar": {},
    "IntegerVar": {"min_value": 0},
    "DecimalVar": {"max_digits": 6, "decimal_places": 2},
    "BooleanVar": {},
    "ChoiceVar": {"choices": CHOICES},
    "MultiChoiceVar": {"choices": CHOICES},
    "ObjectVar": {"model": "dcim.site"},
    "MultiObjectVar": {"model": "dcim.region"},
    "FileVar": {},
    "IPAddressVar": {},
    "IPAddressWithMaskVar": {},
    "IPNetworkVar": {"min_prefix_length": 8},
    "JSONVar": {},
    "DateVar": {},
    "DateTimeVar": {},
}
STRANGE = [
    "",
    "\x00",
    "\ud800",
    "é" * 300,
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "10.0.0.0/8",
    "2026-02-30",
    "name",
    "pk",
]
TEXT = st.sampled_from(STRANGE) | st.text(max_size=20)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
KEY = (
    st.sampled_from(["id", "pk", "name", "slug", "region__name", "status__slug__iexact", "name__regex"])
    | TEXT
)
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3), max_leaves=6
)
DATA = st.dictionaries(st.sampled_from([*KINDS, "unknown"]), JSON, max_size=6)
BODY = (
    st.fixed_dictionaries(
        {}, optional={"data": DATA | JSON, "commit": JSON, "task_queue": JSON, "schedule": JSON, "\x00": JSON}
    )
    | JSON
)
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def job(db):
    return published(
        "example",
        "Everything",
        *(variable(kind, kind, required=False, **extra) for kind, extra in KINDS.items()),
    )


@given(body=BODY)
@example(body={"data": {"ObjectVar": {"name": "\x00"}}})
@example(body={"data": {"ObjectVar": "\x00", "MultiObjectVar": ["\x00", {}, None, 1e400]}})
@example(body={"data": {"IntegerVar": 10**400, "DecimalVar": "1e99999", "JSONVar": {"\x00": 1}}})
@example(body={"schedule": {"interval": {"a": []}}})
@MANY
def test_any_json_is_answered_without_an_error_of_the_server(bob, job, body):
    sent = json.dumps(body)

    for place in (job.class_path, job.pk):
        answer = bob.post(f"/api/extras/jobs/{place}/run/", sent, content_type="application/json")

        assert answer.status_code in (200, 201, 400), answer.content
        answer.json()


@given(body=st.binary(max_size=200))
@MANY
def test_any_bytes_are_answered_without_an_error_of_the_server(bob, job, body):
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answer = bob.post(f"/api/extras/jobs/{job.pk}/run/", body, content_type=kind)

        assert answer.status_code in (201, 400), answer.content


@given(
    fields=st.dictionaries(
        st.sampled_from([*KINDS, "_commit", "_task_queue", "_schedule_interval", "_schedule_x", "other"]),
        TEXT.filter(str.isprintable) | st.lists(st.text(max_size=3), max_size=3),
        max_size=6,
    )
)
@MANY
def test_any_form_is_answered_without_an_error_of_the_server(bob, job, fields):
    sent = {name: _encodable(value) for name, value in fields.items()}

    answer = bob.post(f"/api/extras/jobs/{job.pk}/run/", sent, format="multipart")

    assert answer.status_code in (201, 400), answer.content


def _encodable(value):
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value.encode("utf-8", "replace").decode()


def test_accepted_runs_can_be_read_back(bob, job):
    bob.post(f"/api/extras/jobs/{job.pk}/run/", {"data": {"JSONVar": {"a": [1, None, "é"]}}})

    assert JobResult.objects.get().inputs["JSONVar"] == {"a": [1, None, "é"]}
