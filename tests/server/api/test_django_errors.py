"""What Django answers before any view: JSON under ``/api/``, pages elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/extras/jobs/", "/api/no/such/", "/api/schema/"])
def test_a_wrong_host(path, alice):
    answer = alice.get(path, HTTP_HOST="evil.example.com")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert "host name" in answer.json()["detail"]


def test_pages_stay_pages(client):
    answer = client.get("/login/", HTTP_HOST="evil.example.com")

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")


def test_a_login_cookie_alone_changes_nothing(alice, job):
    """F174, WB-06"""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user)

    answer = browser.patch(
        f"/api/extras/jobs/{job.pk}/", '{"enabled": false}', content_type="application/json"
    )

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("CSRF Failed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_json_must_say_that_it_is_json(alice, kind):
    answer = alice.generic("POST", "/api/extras/git-repositories/", '{"name": "x"}', content_type=kind)

    assert (answer.status_code, list(answer.json())) == (415, ["detail"])


def test_a_csrf_failure_outside_of_a_view(client):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/login/", {"username": "x"}).status_code == 403
