"""The SDK is typed: mypy, at its strictest, reads a job file against the installed package."""

from __future__ import annotations

import subprocess
import sys

import pytest

JOB = """
from typing import Any

import jobyard
from jobyard import (
    AbortTransaction,
    BooleanVar,
    ChoiceVar,
    DateVar,
    DecimalVar,
    FileVar,
    IntegerVar,
    IPAddressVar,
    IPNetworkVar,
    Job,
    JSONVar,
    MultiChoiceVar,
    MultiObjectVar,
    ObjectVar,
    StringVar,
    TextVar,
)

name = "Typed"


class Rack(Job):
    class Meta:
        name = "Rack"
        field_order = ["site", "count"]

    site = ObjectVar(model="dcim.site", query_params={"status": ["active"]}, null_option="None")
    sites = MultiObjectVar(model="dcim.site", required=False)
    count = IntegerVar(min_value=1, max_value=5, default=1, label="Count")
    flag = BooleanVar(default=True)
    kind = ChoiceVar(choices=(("a", "A"), ("b", "B")))
    kinds = MultiChoiceVar(choices=[("a", "A"), ("more", (("b", "B"),))], required=False)
    computed = ChoiceVar(choices=lambda: [("a", "A")])
    text = StringVar(regex="^a", min_length=1)
    long = TextVar(description="Any length")
    day = DateVar(required=False)
    cost = DecimalVar(max_digits=5, decimal_places=2)
    upload = FileVar(required=False)
    address = IPAddressVar()
    network = IPNetworkVar(min_prefix_length=8)
    more = JSONVar(default={"a": [1]})

    def run(self, data: dict[str, Any], commit: bool) -> str:
        self.log_info(message=f"{data['count']} {commit}")
        self.log_success(data["site"], "fine")
        self.log_warning("a lone text")
        self.progress(1, total=2, message="half")
        made = self.create_file("racks.csv", "name\\n")
        if data["count"] > 4:
            raise AbortTransaction("too many")
        self.result.data["bytes"] = [made.size]
        who: str = self.request.user.username
        return f"{who} {self.load_yaml('racks.yaml')}"

    def test_racks(self) -> None:
        if self.failed:
            self.log_failure(message="bad")

    def post_run(self) -> None:
        self.log_debug(self.result.status)
        self.log(self.class_path)


class Silent(jobyard.Script):
    def run(self, data: dict[str, Any], commit: bool) -> None:
        self.log_success("message first", obj=None)
"""
TEST = """
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from jobyard.testing import JobRun, run_job
from jobyard.testing.plugin import RunJob


def test_racks(load_jobs: Callable[[str | Path], ModuleType], run_job: RunJob) -> None:
    run: JobRun = run_job(load_jobs("racks.py").Rack, {"count": 2}, commit=True)
    assert run.messages("info") == ["2 True"]
    assert run.files["racks.csv"] == b"name"
"""


@pytest.fixture
def mypy(tmp_path):
    def check(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache", name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return check


@pytest.mark.parametrize("text", [JOB, TEST], ids=["job", "test"])
def test_a_typed_file_of_an_author_passes(mypy, text):
    assert mypy("racks.py", text).startswith("Success: no issues found")


def test_a_wrong_call_does_not(mypy):
    said = mypy("racks.py", JOB.replace('self.progress(1, total=2, message="half")', 'self.progress("half")'))

    assert 'Argument 1 to "progress" of "BaseJob" has incompatible type "str"; expected "float"' in said
