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
    from tests.server.worker.service import running_service  # see above

    with running_service(tmp_path / "jobs", run_zygote) as made:
        yield made
