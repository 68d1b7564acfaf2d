"""JSON Schema of a job's inputs, and of specs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.jobs.fakes import FIXTURES

from jobyard.discovery import ModuleFile, find_modules
from jobyard.input_schema import input_schema, variable_schema
from jobyard.inputs import clean_inputs
from jobyard.inspection import describe_module
from jobyard.model_objects import TrustingResolver
from jobyard.spec import SPEC_VERSION, JobSpec, VariableSpec
from jobyard.spec_schema import job_spec_schema, module_report_schema

ROOT = Path(__file__).parents[2]
CHOICES = [["a", "A"], ["Group", [["b", "B"], ["a", "again"]]]]


def variable(kind, **options):
    return VariableSpec(**{"name": "v", "type": kind, "kind": kind, "label": "Label", **options})


def spec_of(*variables):
    return JobSpec(module="m", class_name="C", name="Name", grouping="m", variables=list(variables))


def is_valid(schema, value):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid(value)


class TestInputs:
    @pytest.mark.parametrize(
        ("spec", "good", "bad"),
        [
            (variable("StringVar", min_length=2, max_length=3, regex="^a"), ["ab"], ["a", "abcd", "ba", 5]),
            (variable("TextVar"), ["ab\ncd"], [[], {}]),
            (variable("IntegerVar", min_value=0, max_value=5), [0, 5], [-1, 6, 1.5, "x"]),
            (variable("DecimalVar", min_value="0.5"), [0.5, "0.75"], [0.4, True]),
            (variable("BooleanVar"), [True, False], ["maybe", 2]),
            (variable("ChoiceVar", choices=CHOICES), ["a", "b"], ["c", "Group"]),
            (variable("MultiChoiceVar", choices=CHOICES), [["a"], ["a", "b"]], [[], ["c"], "a"]),
            (variable("ObjectVar", model="dcim.site"), ["key", {"name": "x"}], [5, []]),
            (variable("MultiObjectVar", model="dcim.site"), [["key", {"name": "x"}]], ["key", []]),
            (variable("IPAddressVar"), ["192.0.2.1"], [5]),
            (variable("IPAddressWithMaskVar"), ["192.0.2.1/24"], ["192.0.2.1", 5]),
            (variable("IPNetworkVar"), ["192.0.2.0/24"], ["192.0.2.0"]),
            (variable("JSONVar"), [{"a": [1]}, "text", 5], []),
            (variable("DateVar"), ["2026-01-31"], [5]),
            (variable("DateTimeVar"), ["2026-01-31T12:00:00Z"], [5]),
        ],
        ids=lambda item: getattr(item, "kind", ""),
    )
    def test_what_the_schema_accepts_is_accepted_and_what_it_refuses_is_refused(self, spec, good, bad):
        schema = input_schema(spec_of(spec))

        for value in good:
            assert is_valid(schema, {"v": value})
            assert clean_inputs(spec_of(spec), {"v": value}, objects=TrustingResolver())
        for value in bad:
            assert not is_valid(schema, {"v": value})

    def test_unknown_and_missing_keys(self):
        schema = input_schema(spec_of(variable("StringVar"), variable("BooleanVar", name="flag")))

        assert is_valid(schema, {"v": "x"})
        assert not is_valid(schema, {})
        assert not is_valid(schema, {"v": "x", "other": 1})

    @pytest.mark.parametrize("options", [{"required": False}, {"has_default": True, "default": "d"}])
    def test_optional_variables_and_those_with_a_default_may_be_left_out(self, options):
        assert is_valid(input_schema(spec_of(variable("StringVar", **options))), {})

    def test_an_optional_variable_may_be_null(self):
        assert is_valid(variable_schema(variable("IntegerVar", required=False)), None)
        assert not is_valid(variable_schema(variable("IntegerVar")), None)

    def test_texts_defaults_and_secrets(self):
        schema = variable_schema(variable("StringVar", description="Help", default="d", has_default=True))
        secret = variable_schema(variable("StringVar", secret=True, has_default=True))

        assert (schema["title"], schema["description"], schema["default"]) == ("Label", "Help", "d")
        assert (secret["writeOnly"], "default" in secret) == (True, False)

    def test_choices_have_their_labels(self):
        assert variable_schema(variable("ChoiceVar", choices=CHOICES))["oneOf"] == [
            {"const": "a", "title": "A"},
            {"const": "b", "title": "Group: B"},
        ]

    def test_a_file_is_binary(self):
        assert variable_schema(variable("FileVar"))["format"] == "binary"

    def test_properties_are_in_form_order(self, fx, fixtures):
        report = describe_module(fixtures, ModuleFile("fx_field_order", "fx_field_order.py"))
        schema = next(input_schema(job) for job in report.jobs if job.class_name == "Ordered")

        assert list(schema["properties"]) == ["c", "a", "b"]


class TestSpecs:
    @pytest.mark.parametrize("module", find_modules(FIXTURES, ""), ids=lambda module: module.name)
    def test_every_fixture_module_fits_the_published_schemas(self, fixtures, module):
        report = describe_module(fixtures, module)

        assert is_valid(module_report_schema(), report.to_json())
        for job in report.jobs:
            assert is_valid(job_spec_schema(), job.to_json())
            assert is_valid(input_schema(job), {}) or job.variables

    def test_a_report_of_an_error_fits_too(self, inspect_source):
        report = inspect_source({"m.py": "1/0"})["m"]

        assert is_valid(module_report_schema(), report.to_json())

    def test_wrong_types_do_not_fit(self):
        value = spec_of().to_json()

        assert not is_valid(job_spec_schema(), {**value, "hidden": "yes"})
        assert not is_valid(job_spec_schema(), {**value, "variables": [{"name": "v"}]})

    def test_the_version_is_in_the_name(self):
        assert job_spec_schema()["$id"] == f"urn:jobyard:job-spec:{SPEC_VERSION}"


@pytest.mark.parametrize(
    ("name", "schema"), [("job-spec", job_spec_schema()), ("module-report", module_report_schema())]
)
def test_the_documentation_has_the_schema_of_this_version(name, schema):
    published = (ROOT / "docs" / "schemas" / f"{name}.json").read_text()

    assert published == json.dumps(schema, indent=2) + "\n", f"write docs/schemas/{name}.json anew"
