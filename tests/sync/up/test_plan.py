"""The arguments of `jobyard up` and the environment they make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobyard_sync.up.plan import Plan


@pytest.fixture(autouse=True)
def _private_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_arguments_win_over_the_environment(tmp_path: Path) -> None:
    os.environ["JOBYARD_DATA_DIR"] = "/somewhere/else"

    options = Plan(data_dir=tmp_path / "data", jobs_root=tmp_path / "jobs").apply()

    assert options["DATA_DIR"] == tmp_path / "data"
    assert options["JOBS_ROOT"] == tmp_path / "jobs"


def test_a_demo_may_use_folders_of_this_machine_as_remotes(tmp_path: Path) -> None:
    assert Plan(data_dir=tmp_path, demo=True).apply()["ALLOW_FILE_REMOTES"] is True
    del os.environ["JOBYARD_ALLOW_FILE_REMOTES"]
    assert Plan(data_dir=tmp_path).apply()["ALLOW_FILE_REMOTES"] is False


def test_the_address_to_listen_on_is_one_that_users_may_call(tmp_path: Path) -> None:
    hosts = Plan(data_dir=tmp_path, host="192.0.2.7").apply()["ALLOWED_HOSTS"]

    assert "192.0.2.7" in hosts
    assert "localhost" in hosts


def test_every_address_does_not_mean_every_host_name(tmp_path: Path) -> None:
    hosts = Plan(data_dir=tmp_path, host="0.0.0.0").apply()["ALLOWED_HOSTS"]

    assert "*" not in hosts
    assert "0.0.0.0" not in hosts
