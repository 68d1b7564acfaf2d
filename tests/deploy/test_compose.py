"""deploy/compose.yaml against the code: commands, settings, ports, secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.deploy.command_line import problem_with

from jobyard_server.options import OPTIONS

PARTS = {"web", "sync", "worker", "scheduler"}
VARIABLES = {option.variable for option in OPTIONS}
SECRET_FILES = {f"{option.variable}_FILE" for option in OPTIONS if option.secret}


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "deploy/compose.yaml").read_text())
    return found


def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if service["image"] == "jobyard"}


def test_there_is_a_service_for_every_part(compose):
    assert set(ours(compose)) == PARTS | {"init"}


def test_every_service_runs_a_command_that_exists(compose, commands):
    for service in ours(compose).values():
        assert problem_with(f"jobyard {' '.join(service['command'])}", commands) == ""


def test_every_part_says_whether_it_is_alive(compose, commands):
    for name in PARTS:
        check = compose["services"][name]["healthcheck"]["test"]
        assert check == ["CMD", "jobyard", "doctor", "--part", name]
        assert problem_with(" ".join(check[1:]), commands) == ""


def test_settings_exist_and_secrets_come_from_files(compose):
    for service in ours(compose).values():
        assert set(service["environment"]) <= VARIABLES | SECRET_FILES
        plain_secrets = {option.variable for option in OPTIONS if option.secret}
        assert not plain_secrets & set(service["environment"])


def test_every_secret_and_volume_is_declared(compose):
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(compose["volumes"])


def test_the_published_port_is_the_one_that_web_listens_on(compose):
    web = compose["services"]["web"]
    port = web["command"][web["command"].index("--port") + 1]

    assert web["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert not any("ports" in compose["services"][name] for name in PARTS - {"web"} | {"database"})


def test_only_the_parts_that_need_them_hold_keys_and_mirrors(compose):
    """Workers get snapshots, never Git credentials."""
    held = {name: compose["services"][name].get("volumes", []) for name in PARTS}

    assert {name for name in PARTS if any(volume.startswith("keys:") for volume in held[name])} == {
        "web",
        "sync",
    }
    assert {name for name in PARTS if any(volume.startswith("mirrors:") for volume in held[name])} == {"sync"}
    assert held["worker"] == ["snapshots:/var/lib/jobyard/snapshots:ro"]


def test_volumes_are_folders_that_the_image_has(compose, root):
    image = (root / "deploy/Containerfile").read_text()
    for service in ours(compose).values():
        for volume in service.get("volumes", []):
            assert re.search(rf"{re.escape(volume.split(':')[1])}\b", image)


def test_services_have_no_privileges(compose):
    for service in ours(compose).values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_parts_wait_for_the_tables(compose):
    for name in PARTS:
        assert compose["services"][name]["depends_on"]["init"]["condition"] == (
            "service_completed_successfully"
        )
    assert compose["services"]["init"]["depends_on"]["database"]["condition"] == "service_healthy"
