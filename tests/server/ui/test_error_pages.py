"""Pages for what is not there, not permitted, or went wrong."""

from __future__ import annotations

import pytest
from tests.server.ui.cast import Page

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there(as_user, alice):
    response = as_user(alice).get("/extras/nothing/")

    assert response.status_code == 404
    assert "There is nothing at /extras/nothing/" in Page(response).text


def test_a_page_that_is_not_permitted_names_the_permission(as_user, charlie):
    response = as_user(charlie).get("/extras/jobs/")

    assert response.status_code == 403
    assert (
        "You may not view jobs. An administrator can give you the permission extras.view_job."
        in Page(response).text
    )


def test_an_unexpected_error_needs_no_database_to_be_told(client, monkeypatch, alice):
    client.force_login(alice)
    client.raise_request_exception = False

    def fail(_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("jobyard_server.ui.sources.views.lines_of", fail)

    response = client.get("/extras/sources/")

    assert response.status_code == 500
    assert "Something went wrong here." in Page(response).text
    assert b"secret detail" not in response.content


def test_a_request_that_makes_no_sense(client, alice, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    client.force_login(alice)

    response = client.post("/extras/git-repositories/add/", {"a": 1, "b": 2, "c": 3})

    assert response.status_code == 400
    assert "The request cannot be understood." in Page(response).text
