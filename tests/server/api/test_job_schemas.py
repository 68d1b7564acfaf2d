"""The inputs of each job in the OpenAPI description and as JSON Schema."""

from __future__ import annotations

import copy

import pytest
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from tests.server.api.cast import caller, put, variable

from jobyard.spec import JobSpec
from jobyard_server.registry.sources import local_source

pytestmark = pytest.mark.django_db

HELLO = "Inputs.local.example.Hello"
RUN = "/api/extras/jobs/local/example/Hello/run/"


def spec(name, *variables, module="example"):
    return JobSpec(
        module=module,
        class_name=name,
        name=name,
        grouping=module,
        path=f"{module}.py",
        variables=list(variables),
    )


@pytest.fixture
def job(db):
    who = variable("who", max_length=5)
    return put(local_source(), spec("Hello", who, variable("times", "IntegerVar", required=False)))


def described(someone):
    answer = someone.get("/api/schema/", HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    return answer.json()


def test_each_job_has_its_address_and_the_schema_of_its_inputs(bob, job):
    schema = described(bob)

    validate_schema(copy.deepcopy(schema))
    inputs = schema["components"]["schemas"][HELLO]
    operation = schema["paths"][RUN]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["data"] == {"$ref": f"#/components/schemas/{HELLO}"}
    assert set(body["properties"]) >= {"data", "commit", "task_queue"}
    assert operation["operationId"] == "run_local.example.Hello"
    assert Draft202012Validator(inputs).is_valid({"who": "Ada", "times": 3})
    for wrong in ({}, {"who": "too long"}, {"who": "Ada", "times": "x"}, {"who": "Ada", "other": 1}):
        assert not Draft202012Validator(inputs).is_valid(wrong)


def test_only_jobs_that_the_caller_may_run_are_told(job):
    reader = caller("reader", "view_job")
    nobody = caller("nobody")

    assert RUN not in described(reader)["paths"]
    assert HELLO not in described(nobody)["components"]["schemas"]


@pytest.mark.parametrize("change", [{"enabled": False}, {"installed": False}])
def test_a_job_that_cannot_be_run_is_left_out(bob, job, change):
    type(job).objects.update(**change)

    assert RUN not in described(bob)["paths"]


def test_names_that_the_standard_does_not_allow_are_changed_and_stay_apart(bob):
    put(local_source(), spec("Odd", module="a job"), spec("Odd", module="a.job"))

    names = [name for name in described(bob)["components"]["schemas"] if name.startswith("Inputs.")]

    assert names == ["Inputs.local.a.job.Odd", "Inputs.local.a.job.Odd-2"]


def test_a_thousand_jobs_cost_no_more_questions_than_one(bob, django_assert_max_num_queries):
    put(local_source(), *(spec(f"Job{number}", variable("who")) for number in range(1000)))
    described(bob)  # what is the same for everybody is made once

    with django_assert_max_num_queries(8):
        schema = described(bob)

    assert sum(name.startswith("Inputs.") for name in schema["components"]["schemas"]) == 1000


def test_the_inputs_of_a_job_as_json_schema(bob, job):
    place = f"/api/extras/jobs/{job.pk}/variables/"

    schema = bob.get(f"{place}?layout=json-schema").json()

    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == ["who", "times"]
    assert bob.get(f"{place}?layout=list").json() == bob.get(place).json()
    assert bob.get(f"{place}?layout=xml").json() == {"layout": ["Use one of list, json-schema."]}


@pytest.mark.parametrize("name", ["job-spec", "module-report"])
def test_the_schemas_of_descriptions_are_published(bob, anonymous, job, name):
    schema = bob.get(f"/api/schema/{name}/").json()

    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith(f"urn:jobyard:{name}:")
    assert anonymous.get(f"/api/schema/{name}/").status_code == 403
    if name == "job-spec":
        assert Draft202012Validator(schema).is_valid(job.spec_json)
