"""The headers of every response."""

from __future__ import annotations

import asyncio

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from jobyard_server.ui.security_headers import security_headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
ADDRESSES = [
    "/",
    "/login/",
    "/extras/jobs/",
    "/extras/nothing/",
    "/static/jobyard/tokens.css",
    "/static/nothing.css",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_carries_them(as_user, alice, address):
    response = as_user(alice).get(address)
    response.close()  # a static file is open until somebody has read it

    headers = response.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_an_error_carries_them_too(as_user, alice, monkeypatch):
    def fail(_):
        raise RuntimeError

    monkeypatch.setattr("jobyard_server.ui.sources.views.lines_of", fail)
    browser = as_user(alice)
    browser.raise_request_exception = False

    response = browser.get("/extras/sources/")

    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"] == POLICY


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/extras/job-results/", "/extras/git-repositories/add/"])
def test_pages_with_results_or_secrets_are_not_stored(as_user, alice, address):
    assert "no-store" in as_user(alice).get(address).headers["Cache-Control"]


def answer(path: str, **headers: str) -> HttpResponse:
    request = HttpRequest()
    request.path = path
    return security_headers(lambda _: HttpResponse(headers=headers))(request)


@pytest.mark.parametrize("path", ["/", "/api/extras/jobs/", "/api/docs/"])
def test_nothing_may_set_styles_or_scripts_of_its_own(path):
    assert "unsafe" not in answer(path)["Content-Security-Policy"]


def test_a_view_that_is_stricter_keeps_its_policy():
    response = answer("/x", **{"Content-Security-Policy": "sandbox"})

    assert response["Content-Security-Policy"] == "sandbox"


def test_it_works_the_same_when_the_server_is_asynchronous():
    async def respond(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = HttpRequest()
    request.path = "/"

    response = asyncio.run(security_headers(respond)(request))

    assert response["Content-Security-Policy"] == POLICY


@pytest.mark.django_db
def test_a_post_from_another_site_is_refused(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    response = browser.post("/extras/git-repositories/add/", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
