from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def maker(django_db_setup, django_db_blocker):
    """Makes rows of any model, for a module that has no tests which commit."""
    from tests.server.api.inventory.rows import Rows  # models: only after Django is set up
    from tests.server.shared_rows import undone  # see above

    with undone(django_db_blocker):
        yield Rows()


@pytest.fixture
def rows(maker, db):
    """The same, for rows of one test."""
    return maker


@pytest.fixture
def browser(as_user, alice):
    """Alice's browser."""
    return as_user(alice)
