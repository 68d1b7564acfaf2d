"""The units in deploy/systemd against the code."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.deploy.command_line import problem_with

from jobyard_server.options import OPTIONS
from jobyard_sync.up.parts import all_parts

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
VARIABLES = {option.variable for option in OPTIONS}
SECRET_FILES = {f"{option.variable}_FILE" for option in OPTIONS if option.secret}
HARDENING = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "UMask": "0077",
    "User": "jobyard",
}

each_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)


class Repeated(dict[str, str]):
    """systemd allows a key several times; the values become lines."""

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, list) and key in self and isinstance(self[key], list):
            value = self[key] + value
        super().__setitem__(key, value)  # type: ignore[assignment]  # configparser stores lists while it reads


def read(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, dict_type=Repeated)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read(unit)
    return parser


def test_there_is_a_unit_for_everything_and_for_every_part():
    assert {unit.stem for unit in SERVICES} == {
        "jobyard",
        "jobyard-init",
        "jobyard-web",
        "jobyard-sync",
        "jobyard-worker",
        "jobyard-scheduler",
    }


@each_service
def test_its_command_exists(unit, commands):
    assert problem_with(read(unit)["Service"]["ExecStart"], commands) == ""


@each_service
def test_it_is_hardened(unit):
    service = read(unit)["Service"]

    assert {name: service[name] for name in HARDENING} == HARDENING


@each_service
def test_its_settings_exist(unit):
    lines = read(unit)["Service"]["Environment"].splitlines()

    assert {line.partition("=")[0] for line in lines} <= VARIABLES | SECRET_FILES


@each_service
def test_secrets_are_credentials_not_variables(unit):
    service = read(unit)["Service"]
    files = re.findall(r"=%d/([\w-]+)", service["Environment"])
    loaded = [line.partition(":")[0] for line in service.get("LoadCredential", "").splitlines()]

    assert files == loaded


def test_the_settings_of_the_example_exist():
    lines = (FOLDER / "jobyard.env").read_text().splitlines()
    names = {line.lstrip("#").partition("=")[0] for line in lines if re.match(r"#?JOBYARD_", line)}

    assert names
    assert names <= VARIABLES


def test_it_gives_the_parts_the_time_that_they_take_to_stop():
    class NoListener:
        def close(self) -> None: ...

    grace = sum(part.grace for part in all_parts(NoListener(), workers=1))  # type: ignore[arg-type]  # never used
    assert int(read(FOLDER / "jobyard.service")["Service"]["TimeoutStopSec"]) > grace + 20


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@each_service
def test_systemd_understands_it(unit):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if unit.name in line and "executable" not in line]

    assert complaints == []
