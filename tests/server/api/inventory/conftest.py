from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def maker(django_db_setup, django_db_blocker):
    """Makes rows of any model, for a module that has no tests which commit."""
    from tests.server.api.inventory.rows import Rows  # models: only after Django is set up
    from tests.server.shared_rows import undone  # see above

    with undone(django_db_blocker):
        yield Rows()


@pytest.fixture(scope="module")
def made(maker):
    """A row of each model, for all tests of the module."""
    from jobyard_server.api.inventory.models import MODELS  # see above

    return {model: maker.make(model) for model in MODELS}


@pytest.fixture(scope="module")
def owner(made):
    """Somebody who may do everything, with a token."""
    from tests.server.api.cast import caller  # see above

    return caller("owner", is_superuser=True)


@pytest.fixture
def rows(maker, db):
    """The same, for rows of one test."""
    return maker
