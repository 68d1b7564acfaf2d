"""Logging in and out, and where one is sent afterwards."""

from __future__ import annotations

import pytest
from tests.server.ui.cast import Page

from jobyard_server.access.accounts import cli_user

pytestmark = pytest.mark.django_db


def test_every_page_asks_for_a_log_in_first(client):
    for path in (
        "/",
        "/extras/jobs/",
        "/extras/job-results/",
        "/extras/git-repositories/",
        "/extras/sources/",
    ):
        response = client.get(path)

        assert response.status_code == 302
        assert response.url == f"/login/?next={path}"


def test_a_log_in_leads_to_the_page_that_was_wanted(client, alice):
    response = client.post(
        "/login/", {"username": "alice", "password": "secret of alice", "next": "/extras/jobs/"}
    )

    assert response.url == "/extras/jobs/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_a_log_in_never_leads_to_another_site(client, alice, target):
    response = client.post("/login/", {"username": "alice", "password": "secret of alice", "next": target})

    assert response.url == "/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client, alice):
    page = Page(client.post("/login/", {"username": "alice", "password": "wrong"}))

    assert "do not belong together" in page.text
    assert page.field("username")["value"] == "alice"
    assert "value" not in page.field("password")
    assert page.field("password")["aria-describedby"] == "log-in-error"


def test_the_command_lines_account_cannot_log_in(client):
    cli_user()

    assert client.post("/login/", {"username": "cli", "password": ""}).status_code == 200


def test_log_out_needs_a_post(as_user, alice):
    browser = as_user(alice)

    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/").url == "/login/"
    assert browser.get("/").status_code == 302


def test_a_piece_of_a_page_whose_log_in_ended_reloads_the_page(client):
    response = client.get("/login/", headers={"HX-Request": "true"})

    assert response.headers["HX-Refresh"] == "true"
    assert not response.content


def test_before_anybody_ever_logged_in_the_page_says_where_the_password_is(client, alice):
    first = client.get("/login/").content.decode()
    client.force_login(alice)
    client.logout()
    later = client.get("/login/").content.decode()

    assert "jobyard up" in first
    assert "jobyard up" not in later
