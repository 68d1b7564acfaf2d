"""All fixture jobs load and can be described; they are shared with the end-to-end tests."""

from __future__ import annotations

import pytest
from tests.jobs.fakes import FIXTURES

from jobyard.discovery import find_modules
from jobyard.inspection import describe_module, describe_plugin
from jobyard.spec import ModuleReport

MODULES = find_modules(FIXTURES, "")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_fixture_module_is_described(fixtures, module, django_db_blocker):
    report = describe_module(fixtures, module)

    assert report.error is None
    assert report.jobs or module.name == "fx_shared"
    assert ModuleReport.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("name", "message", "line"),
    [
        ("syntax", "SyntaxError: expected ':'", 5),
        ("library", "ModuleNotFoundError: needs the package netmiko_of_another_machine", 1),
        ("model", "ImportError: jobyard has no model dcim.SoftwareVersion", 2),
        ("raises", "RuntimeError: at import", 3),
        ("exits", "SystemExit: 0", 3),
        ("class", "InvalidDeclaration: Bad._commit: ", 8),
    ],
)
def test_broken_fixture_modules_are_told_apart(inspect_source, name, message, line):
    text = (FIXTURES / "broken" / f"fx_broken_{name}.txt").read_text()

    error = inspect_source({"m.py": text})["m"].error

    assert error.message.startswith(message)
    assert (error.path, error.line) == ("m.py", line)


def test_the_plugin_of_the_fixtures_is_described(monkeypatch):
    monkeypatch.syspath_prepend(FIXTURES.parent / "plugins")

    report = describe_plugin("fx_plugin.jobs")

    assert [(job.module, job.class_name) for job in report.jobs] == [
        ("fx_plugin.jobs.audit", "CheckAll"),
        ("fx_plugin.jobs", "Counts"),
    ]
    assert report.jobs[1].grouping == "Jobs of a plugin"
