"""Fixtures of the tests that run jobs on the inventory."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def run_zygote(tmp_path_factory):
    from jobyard_server.isolation.zygote import Zygote  # needs Django, which comes later

    made = Zygote(tmp_path_factory.mktemp("zygote") / "zygote.log")
    yield made
    made.stop()


@pytest.fixture
def service(transactional_db, tmp_path, run_zygote):
    """A worker with a real zygote; the statuses are those of a new installation."""
    from tests.server.worker.service import running_service  # see above

    from jobyard_server.inventory.extras.standard_statuses import fill_in

    fill_in()  # the test before this one emptied the tables
    with running_service(tmp_path / "jobs", run_zygote) as made:
        yield made


@pytest.fixture
def lab(db):
    """A site with what devices need."""
    from tests.server.inventory.cast import Lab  # see above

    return Lab()
