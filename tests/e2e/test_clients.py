"""The clients that users have, against a real installation: pynautobot of 1.x and the newest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.installation import TOKEN
from tests.extra_packages import installed

STORY = Path(__file__).with_name("pynautobot_story.py")
GREET = """
from jobyard import Job, StringVar


class GreetClients(Job):
    who = StringVar()

    def run(self, data, commit):
        self.log_success(message=f"Hello, {data['who']}!")
"""


@pytest.fixture(scope="module")
def old_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pynautobot 1.x, which cannot be installed beside the newest one."""
    return installed(tmp_path_factory.mktemp("pynautobot-1"), "pynautobot1")


@pytest.fixture(scope="module")
def greeting(installation):
    installation.save("greeting", GREET)
    from tests.e2e.installation import until  # beside its use

    until(installation.job_ids, lambda ids: "local/greeting/GreetClients" in ids)


def tell(installation, repository, name, *path):
    repository.push(nothing="")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    done = subprocess.run(
        [sys.executable, str(STORY), installation.url, TOKEN, repository.url, name],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def check(story):
    assert story["run"]["installed"] is True
    assert story["run"]["status"] == "Completed"
    assert ["run", "success", "Hello, World!"] in story["run"]["log"]
    assert story["run"]["results"] >= 1
    assert story["decided"] == {"disabled": True, "enabled": True}
    assert story["repository"] == {"branch": "other", "deleted": True, "left": None}
    inventory = story["inventory"]
    assert (inventory["saved"], inventory["description"]) == (True, "seen by a script")
    assert "active" in inventory["statuses"]
    assert (inventory["count"], inventory["deleted"]) == (1, [True, True])


@pytest.mark.usefixtures("greeting")
def test_the_newest_client(installation, repository):
    story = tell(installation, repository, "new")

    assert int(story["release"].split(".")[0]) >= 3
    check(story)


@pytest.mark.usefixtures("greeting")
def test_the_client_of_1_x(installation, repository, old_client):
    story = tell(installation, repository, "old", str(old_client))

    assert story["release"].startswith("1.")
    assert story["by_class_path"] == "Pending"
    check(story)
