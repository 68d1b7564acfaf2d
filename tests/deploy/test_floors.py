"""OP-06: what is installed is at least as new as pyproject.toml asks."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement

FILES = ("run.txt", "dev.txt")
#: With floors that known weaknesses have set. Source: security.md, 19
WANTED = {"gitpython": ">=3.2.1", "django": "<5.3,>=5.2"}


@pytest.mark.parametrize("name", FILES)
def test_op06_every_pinned_version_is_above_its_floor(root, name):
    pins = dict(
        re.findall(r"^([\w.-]+)==([\w.+-]+)", (root / "requirements" / name).read_text(), re.MULTILINE)
    )
    asked = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]

    floors = {found.name.lower(): found.specifier for found in map(Requirement, asked)}

    assert {key: str(floors[key]) for key in WANTED} == WANTED
    below = {key for key, floor in floors.items() if not floor.contains(pins[key])}
    assert below == set()
