from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.discovery import ModuleFile
from jobyard.spec import JobSpec, LoadError, ModuleReport, VariableSpec
from jobyard_sync.report_reading import ReportRefused, read_report

MODULE = ModuleFile("hello", "jobs/hello.py")
VARIABLE = VariableSpec(name="who", type="StringVar", kind="StringVar", label="Who", min_length=1)
JOB = JobSpec(module="hello", class_name="Hello", name="Hello", grouping="hello", variables=[VARIABLE])
REPORT = ModuleReport(module="hello", path="jobs/hello.py", jobs=[JOB], warnings=["careful"])


def read(value: object, module: ModuleFile = MODULE) -> ModuleReport:
    return read_report(value, module, max_bytes=5_000_000)


def with_job(**values: object) -> dict[str, Any]:
    return replace(REPORT, jobs=[replace(JOB, **values)]).to_json()


def with_variable(**values: object) -> dict[str, Any]:
    return with_job(variables=[replace(VARIABLE, **values)])


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        replace(REPORT, jobs=[]),
        replace(REPORT, jobs=[], error=LoadError(message="x", path="jobs/hello.py", line=3)),
        replace(REPORT, jobs=[replace(JOB, module="hello.sub", path="jobs/hello/sub.py")]),
    ],
)
def test_what_a_child_says_of_its_module_is_taken_as_it_is(report):
    assert read(report.to_json()) == report


def test_keys_of_a_newer_version_are_passed_over():
    assert read({**REPORT.to_json(), "news": 1}) == REPORT


REFUSED = {
    "no report": None,
    "text": "report",
    "nothing in it": {},
    "about another module": {**REPORT.to_json(), "module": "other"},
    "jobs and an error": {**REPORT.to_json(), "error": {"message": "x"}},
    "jobs are no list": {**REPORT.to_json(), "jobs": {}},
    "a job is no object": {**REPORT.to_json(), "jobs": [7]},
    "warnings are no texts": {**REPORT.to_json(), "warnings": [7]},
    "the error is a text": {**REPORT.to_json(), "jobs": [], "error": "x"},
    "the line is true": {**REPORT.to_json(), "jobs": [], "error": {"message": "x", "line": True}},
    "a name is a number": with_job(name=7),
    "a name is too long": with_job(name="x" * 101),
    "a grouping is too long": with_job(grouping="x" * 256),
    "a path is too long": with_job(path="x" * 1025),
    "a class name is no name": with_job(class_name="a/b"),
    "a job of another module": with_job(module="other"),
    "a job of a module that only starts alike": with_job(module="hello2"),
    "a slash in the module": with_job(module="hello.a/b"),
    "a flag is a number": with_job(hidden=1),
    "a limit is a text": with_job(time_limit="9"),
    "a number that is none": with_variable(default=float("nan")),
    "choices are a text": with_variable(choices="abc"),
    "a variable without a name": {
        **REPORT.to_json(),
        "jobs": [{**JOB.to_json(), "variables": [{"type": "x", "kind": "x", "label": "x"}]}],
    },
    "one job twice": {**REPORT.to_json(), "jobs": [JOB.to_json(), JOB.to_json()]},
    "too many jobs": {
        **REPORT.to_json(),
        "jobs": [replace(JOB, class_name=f"J{n}").to_json() for n in range(2001)],
    },
    "too large": with_job(description="x" * 5_000_001),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name):
    with pytest.raises(ReportRefused):
        read(REFUSED[name])


def test_what_no_database_can_hold_is_replaced():
    job = read(with_job(name="a\0b", description="c\ud800d")).jobs[0]

    assert (job.name, job.description) == ("a�b", "c?d")


def test_a_plugin_may_list_classes_of_its_whole_package():
    report = ModuleReport(
        module="my_plugin.jobs", path="jobs.py", jobs=[replace(JOB, module="my_plugin.audit")]
    )

    assert read(report.to_json(), ModuleFile("my_plugin.jobs", "")) == report


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _places(answer: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    objects = [answer, answer["jobs"][0], answer["jobs"][0]["variables"][0]]
    return [(item, key) for item in objects for key in item]


@given(number=st.integers(min_value=0), value=_JSON)
def test_any_value_anywhere_is_taken_or_refused_never_worse(number, value):
    answer = REPORT.to_json()
    places = _places(answer)
    place, key = places[number % len(places)]
    place[key] = value

    try:
        report = read(answer)
    except ReportRefused:
        return
    assert report.module == "hello"
