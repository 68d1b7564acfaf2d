from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from tests.server.api.cast import Caller, git_source, result_of

from jobyard_server.access.models import Token, User
from jobyard_server.registry.models import GitRepository
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"
NO_CREDENTIALS = {"detail": "Authentication credentials were not provided."}
INVALID = {"detail": "Invalid token"}
NOT_PERMITTED = {"detail": "You do not have permission to perform this action."}


def test_without_credentials_there_is_one_answer(anonymous):
    answer = anonymous.get(JOBS)

    assert (answer.status_code, answer.json()) == (403, NO_CREDENTIALS)
    assert "WWW-Authenticate" not in answer


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("Token", INVALID),
        ("Token ", INVALID),
        ("Token abc", INVALID),
        ("Token " + "0" * 40, INVALID),
        ("Token " + "0" * 40 + " x", INVALID),
        ("Token \xff\xfe", INVALID),
        ("token " + "g" * 40, INVALID),
        ("Basic YWxpY2U6eA==", NO_CREDENTIALS),
        ("Bearer " + "0" * 40, NO_CREDENTIALS),
        ("", NO_CREDENTIALS),
    ],
)
def test_headers_that_let_nobody_in(header, body):
    answer = APIClient().get(JOBS, HTTP_AUTHORIZATION=header)

    assert (answer.status_code, answer.json()) == (403, body)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"expires": timezone.now() - timedelta(seconds=1)}, "Token expired"),
        ({"enabled": False}, "Invalid token"),
        ({"enabled": False, "expires": timezone.now() - timedelta(days=1)}, "Invalid token"),
    ],
)
def test_f178_tokens_that_are_no_longer_good(alice, change, text):
    Token.objects.update(**change)

    answer = alice.get(JOBS)

    assert (answer.status_code, answer.json()) == (403, {"detail": text})


def test_f178_a_token_of_somebody_who_left(alice):
    User.objects.update(is_active=False)

    answer = alice.get(JOBS)

    assert (answer.status_code, answer.json()) == (403, {"detail": "User inactive"})


def test_f178_special_texts_are_only_said_to_holders_of_the_key(alice):
    User.objects.update(is_active=False)
    almost = alice.token.key[:-1] + ("0" if alice.token.key[-1] != "0" else "1")

    answer = APIClient().get(JOBS, HTTP_AUTHORIZATION=f"Token {almost}")

    assert answer.json() == INVALID


def test_f180_the_token_of_a_deleted_account(alice):
    User.objects.all().delete()

    assert alice.get(JOBS).json() == INVALID


def test_the_scheme_may_be_in_lower_case(alice):
    assert APIClient().get(JOBS, HTTP_AUTHORIZATION=f"token {alice.token.key}").status_code == 200


def test_use_is_noted(alice):
    alice.get(JOBS)

    assert Token.objects.get().last_used is not None


@pytest.mark.usefixtures("worker")
def test_f166_f178_a_read_only_token_changes_nothing_anywhere(alice, job):
    source = git_source("netops")
    repository, result = source.git_repository, result_of(job)
    active = result_of(job, "running")
    alice = alice.read_only()
    extras = "/api/extras"
    doors = [
        ("post", f"{extras}/jobs/{job.class_path}/run/"),
        ("post", f"{extras}/jobs/{job.pk}/run/"),
        ("patch", f"{extras}/jobs/{job.pk}/"),
        ("put", f"{extras}/jobs/{job.pk}/"),
        ("delete", f"{extras}/jobs/{job.pk}/"),
        ("delete", f"{extras}/job-results/"),
        ("delete", f"{extras}/job-results/{result.pk}/"),
        ("post", f"{extras}/job-results/{active.pk}/cancel/"),
        ("post", f"{extras}/git-repositories/"),
        ("put", f"{extras}/git-repositories/{repository.pk}/"),
        ("patch", f"{extras}/git-repositories/{repository.pk}/"),
        ("delete", f"{extras}/git-repositories/{repository.pk}/"),
        ("post", f"{extras}/git-repositories/{repository.pk}/sync/"),
        ("post", "/api/no/such/address/"),
    ]

    answers = [getattr(alice, method)(address, {}) for method, address in doors]

    assert [(a.status_code, a.json()) for a in answers] == [(403, NOT_PERMITTED)] * len(doors)
    assert JobResult.objects.count() == 2
    assert not JobResult.objects.filter(cancel_requested=True).exists()
    assert GitRepository.objects.count() == 1
    assert alice.get(JOBS).status_code == 200


def test_whoever_logged_in_to_the_pages_may_read(alice):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(alice.user)

    assert browser.get(JOBS).status_code == 200


@pytest.mark.usefixtures("worker")
def test_a_login_cookie_alone_starts_nothing(alice, job):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(alice.user)

    answer = browser.post(f"{JOBS}{job.class_path}/run/", {})

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("CSRF Failed")
    assert not JobResult.objects.exists()


@pytest.mark.usefixtures("worker")
def test_a_login_cookie_with_its_csrf_token_does(alice, job):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(alice.user)
    browser.cookies["csrftoken"] = token = "a" * 32

    answer = browser.post(f"{JOBS}{job.class_path}/run/", {}, HTTP_X_CSRFTOKEN=token)

    assert answer.status_code == 200


@pytest.mark.usefixtures("worker")
def test_a_form_of_another_site_cannot_hide_json_in_plain_text(alice, job):
    answer = alice.post(f"{JOBS}{job.class_path}/run/", '{"commit": true}', content_type="text/plain")

    assert answer.status_code == 415
    assert not JobResult.objects.exists()


def test_f178_a_token_works_only_from_its_networks(alice):
    """F178, TK-03"""
    inside = Caller(alice.user, allowed_networks=["192.0.2.0/24", "2001:db8::/32"])

    def ask(address):
        answer = inside.get("/api/", REMOTE_ADDR=address)
        return answer.status_code, answer.json().get("detail")

    assert ask("192.0.2.77")[0] == 200
    assert ask("2001:db8::5")[0] == 200
    assert ask("::ffff:192.0.2.1")[0] == 200
    assert ask("198.51.100.1") == (403, "Token not allowed from this address")


def test_whoever_tries_many_tokens_is_stopped_and_others_there_go_on(alice, anonymous, monkeypatch):
    """TK-05"""
    monkeypatch.setattr("jobyard_server.access.attempts.TOKENS_PER_ADDRESS", 3)
    anonymous.credentials(HTTP_AUTHORIZATION=f"Token {'0' * 40}")

    statuses = [anonymous.get("/api/").status_code for _time in range(5)]

    assert statuses == [403, 403, 403, 429, 429]
    assert alice.get("/api/").status_code == 200
