from __future__ import annotations

from tests.server.registry.cast import spec

from jobyard.spec import VariableSpec
from jobyard_server.registry.job_changes import spec_changes


def described(*variables: VariableSpec, **values: object) -> dict[str, object]:
    return spec("m", "J", variables=list(variables), **values).to_json()


def text(name: str, **values: object) -> VariableSpec:
    return VariableSpec(name=name, type="StringVar", kind="StringVar", label=name, **values)


def test_fields_and_variables_are_told_and_lines_are_not():
    old = described(text("gone"), text("kept", required=True), description="Old.", line=1)
    new = described(text("kept", required=False), text("new"), description="x" * 500, line=9)

    told = spec_changes(old, new)

    (field,) = told["fields"]
    assert (field["name"], field["old"], len(field["new"])) == ("description", "Old.", 121)
    assert [(item["name"], item["change"]) for item in told["variables"]] == [
        ("new", "added"),
        ("kept", "changed"),
        ("gone", "removed"),
    ]
    assert told["variables"][1]["fields"] == [{"name": "required", "old": "True", "new": "False"}]


def test_what_nobody_would_notice_is_nothing():
    assert spec_changes(described(text("a"), line=1), described(text("a"), line=5)) is None
