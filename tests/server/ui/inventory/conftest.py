from __future__ import annotations

import pytest


@pytest.fixture
def rows(db):
    """Makes rows of any model."""
    from tests.server.api.inventory.rows import Rows  # models: only after Django is set up

    return Rows()


@pytest.fixture
def browser(as_user, alice):
    """Alice's browser."""
    return as_user(alice)
