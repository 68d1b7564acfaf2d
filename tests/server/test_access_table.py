"""
F163: who gets what, at every address. The table is for people: read its changes in every review.

After a new address: ``WRITE_ACCESS_TABLE=1 pytest tests/server/test_access_table.py``; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from tests.server.walk import METHODS, ROLES, World, places, rows

from jobyard_server.api.schema import Generator
from jobyard_server.api.views import ACTIONS

REFUSED = ("403", "302")  #: Of pages: led to the login.
TABLE = Path(__file__).with_name("access_table.txt")
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, monkeypatch):
    monkeypatch.setattr(
        Generator, "get_schema", lambda *_args, **_kwargs: {}
    )  # takes seconds, decides nothing
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0, "LEASE_SECONDS": 3600.0}
    return World()


def test_f163_everybody_gets_what_the_table_says(world):
    found = list(rows(world.ask))
    if os.environ.get("WRITE_ACCESS_TABLE"):
        TABLE.write_text("\n".join(found) + "\n")

    known = TABLE.read_text().splitlines()

    addresses = {row.split()[0] for row in known}
    missing = [line for line in found if line.split()[0] not in addresses]
    assert missing == [], "These addresses have no row in the table yet; see the top of this file."
    assert found == known


@pytest.mark.parametrize("role", ["anonymous", "nobody"])
def test_models_that_are_not_in_the_table_are_as_closed_as_those_that_are(world, role):
    for place in places():
        if place.is_repeated:
            for method in METHODS:
                assert world.ask(place, method, role) in ("403", "405"), (place, method)


def test_put_needs_what_patch_needs():
    assert ACTIONS["PUT"] == ACTIONS["PATCH"] == "change"


def test_whoever_may_view_reads_every_list(world):
    lists = [place for place in places() if place.is_repeated and "<" not in place.pattern]

    assert {world.ask(place, "GET", "viewer") for place in lists} == {"200"}


def test_a_read_only_token_writes_nowhere():
    """TK-04, F166: the table shows it for everything that the API can do."""
    column = ROLES.index("reader") + 2
    written = [line.split() for line in TABLE.read_text().splitlines()[1:]]

    wrong = [
        row for row in written if row[0].startswith("api/") and row[1] != "GET" and row[column] not in REFUSED
    ]
    assert wrong == []
