from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def options(settings, tmp_path):
    """Options of the daemon under test: folders of its own, short limits, remotes on this machine."""
    settings.DATA_DIR = tmp_path / "data"
    settings.JOBS_ROOT = tmp_path / "jobs_root"
    settings.JOBYARD = {
        **settings.JOBYARD,
        "DATA_DIR": settings.DATA_DIR,
        "JOBS_ROOT": settings.JOBS_ROOT,
        "ALLOW_FILE_REMOTES": True,
        "INSPECTION_TIMEOUT": 10.0,
        "LOCAL_SCAN_INTERVAL": 1.0,
        "GIT_TIMEOUT": 20.0,
    }
    return settings.JOBYARD


@pytest.fixture(scope="session")
def zygote():
    """One process that all inspections of the tests are forked from."""
    from jobyard_sync.inspection_zygote import InspectionZygote  # only after Django is set up

    started = InspectionZygote(Path("/dev/stderr"))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def tools(db, zygote):
    from jobyard_sync.tools import Tools  # see above

    return Tools.from_settings(holder=uuid.uuid4(), zygote=zygote)


@pytest.fixture
def make_repo(tmp_path):
    """``make_repo({path: text}, name="…")``: a repository with one commit."""
    from tests.sync.cast import Repo  # see above

    def make(files: dict[str, str], name: str = "repo") -> Repo:
        repo = Repo(tmp_path / "remotes" / name)
        repo.commit(files)
        return repo

    return make


@pytest.fixture
def follow(make_repo, tools):
    """``follow(files)``: a repository whose first sync is done."""

    def register(files: dict[str, str], **values: Any) -> Any:
        from tests.sync.followed import Followed  # see above

        from jobyard_server.registry.repositories import add_repository

        repo = make_repo({"jobs/__init__.py": "", **files})
        followed = Followed(repo, add_repository(name="Lab", remote_url=repo.url, **values), tools)
        followed.sync()
        return followed

    return register
