from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"])
def test_both_spellings_of_a_version_are_understood(alice, version):
    by_header = alice.get(JOBS, HTTP_ACCEPT=f"application/json; version={version}")
    by_query = alice.get(f"{JOBS}?api_version={version}")

    assert by_header.status_code == by_query.status_code == 200
    assert by_header["API-Version"] == by_query["API-Version"] == version
    assert by_header["Content-Type"] == "application/json"
    assert by_header.json() == by_query.json()


@pytest.mark.parametrize("version", ["0.9", "1.0", "1.7", "2.0", "1", "", "1.3.0", "banana", "1.3\x00"])
def test_other_versions_are_not_acceptable(alice, version):
    answer = alice.get(JOBS, {"api_version": version})

    assert answer.status_code == 406
    assert "1.1, 1.2" in answer.json()["detail"]


def test_another_version_in_the_header_is_not_acceptable(alice):
    assert alice.get(JOBS, HTTP_ACCEPT="application/json; version=2.1").status_code == 406


def test_two_versions_at_once_are_not_acceptable(alice):
    answer = alice.get(f"{JOBS}?api_version=1.2", HTTP_ACCEPT="application/json; version=1.3")

    assert answer.status_code == 406


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/json; indent=4",
        "application/json;indent=4; version=1.2",
        "*/*",
        "application/*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json; indent=999999999999",
        "application/json; indent=x",
    ],
)
def test_headers_of_real_clients_get_json(alice, accept):
    answer = alice.get(JOBS, HTTP_ACCEPT=accept)

    assert answer.status_code == 200
    assert answer.json() == []


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "garbage"])
def test_other_formats_are_not_acceptable(alice, accept):
    answer = alice.get(JOBS, HTTP_ACCEPT=accept)

    assert answer.status_code == 406
    assert answer.json()["detail"]


def test_the_format_may_be_asked_for_by_name(alice):
    assert alice.get(f"{JOBS}?format=json").json() == []
    assert alice.get(f"{JOBS}?format=csv").status_code == 404


def test_indent_prints_for_people(alice):
    answer = alice.get("/api/", HTTP_ACCEPT="application/json; indent=4")

    assert b'\n    "extras": ' in answer.content
