"""What authors declare, and what ``run()`` gets for it (§4, §5.5)."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import netaddr
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from tests.jobs.fakes import context

from jobyard import (
    BooleanVar,
    ChoiceVar,
    DateTimeVar,
    DateVar,
    DecimalVar,
    DryRunVar,
    FileVar,
    IntegerVar,
    IPAddressVar,
    IPAddressWithMaskVar,
    IPNetworkVar,
    Job,
    JSONVar,
    MultiChoiceVar,
    MultiObjectVar,
    ObjectVar,
    StringVar,
    TextVar,
    is_variable,
)
from jobyard.declarations import variables_of
from jobyard.errors import InputErrors
from jobyard.events import LogRow
from jobyard.execution import execute
from jobyard.serialization import Surroundings, python_values
from jobyard.testing import run_job
from jobyard_server.inventory.dcim.models import Site
from jobyard_server.inventory.extras.models import Status

PAIRS = (("a", "A"), ("b", "B"))


def in_run(variable, queued, **surroundings):
    """What ``data["v"]`` is for the queued value."""
    cls = type("J", (Job,), {"v": variable})
    return python_values(cls, {"v": queued}, Surroundings(**surroundings))["v"]


class TestPythonTypes:
    @pytest.mark.parametrize(
        ("variable", "queued", "value"),
        [
            (StringVar(), "abc", "abc"),
            (TextVar(), "a\nb", "a\nb"),
            (IntegerVar(), 5, 5),
            (BooleanVar(), True, True),
            (DryRunVar(), True, True),
            (ChoiceVar(choices=PAIRS), "a", "a"),
            (ChoiceVar(choices=[(1, "One")]), "1", "1"),
            (MultiChoiceVar(choices=PAIRS), ["a", "b"], ["a", "b"]),
            (IPAddressVar(), "192.0.2.1", netaddr.IPAddress("192.0.2.1")),
            (IPAddressWithMaskVar(), "192.0.2.1/24", netaddr.IPNetwork("192.0.2.1/24")),
            (IPNetworkVar(), "2001:db8::/32", netaddr.IPNetwork("2001:db8::/32")),
            (JSONVar(), {"a": [1]}, {"a": [1]}),
            (DecimalVar(), "1.50", Decimal("1.50")),
            (DateVar(), "2026-01-31", date(2026, 1, 31)),
            (
                DateTimeVar(),
                "2026-01-31T12:00:00+00:00",
                datetime(2026, 1, 31, 12, tzinfo=UTC),
            ),
        ],
        ids=lambda item: type(item).__name__,
    )
    def test_run_gets_python_values(self, variable, queued, value):
        found = in_run(variable, queued)

        assert found == value
        assert type(found) is type(value)

    def test_an_address_with_mask_keeps_its_host_bits(self):
        assert str(in_run(IPAddressWithMaskVar(), "192.0.2.1/24").ip) == "192.0.2.1"

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            (StringVar(required=False), ""),
            (ChoiceVar(choices=PAIRS, required=False), ""),
            (MultiChoiceVar(choices=PAIRS, required=False), []),
            (BooleanVar(), False),
            (IntegerVar(required=False), None),
            (IPAddressVar(required=False), None),
            (DateVar(required=False), None),
            (DateTimeVar(required=False), None),
            (DecimalVar(required=False), None),
            (JSONVar(required=False), None),
            (FileVar(required=False), None),
            (ObjectVar(model="dcim.site", required=False), None),
        ],
        ids=lambda item: type(item).__name__,
    )
    def test_an_empty_value_has_the_type_of_its_kind(self, variable, value):
        assert in_run(variable, None) == value

    def test_s69_data_has_one_key_for_each_variable_in_declaration_order(self, fx):
        cls = fx("fx_defaults", "Empties")

        data = python_values(cls, {}, Surroundings())

        assert list(data) == list(variables_of(cls))

    def test_s71_without_variables_data_is_an_empty_dict(self, ran):
        assert ran("fx_min", "OnlyRun").messages("info")[0] == "data is {}"

    def test_values_are_validated_once_more(self):
        with pytest.raises(InputErrors) as caught:
            in_run(IntegerVar(max_value=5), 6)

        assert caught.value.errors == {"v": ["Ensure this value is less than or equal to 5."]}

    def test_a_missing_key_takes_the_default_of_the_class(self):
        cls = type("J", (Job,), {"v": StringVar(default="d"), "w": StringVar(default=lambda: "computed")})

        assert python_values(cls, {}, Surroundings()) == {"v": "d", "w": "computed"}


class TestDeclaration:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Base", "first,second"),
            ("Child", "first,second,third"),
            ("Overrides", "first,second,third"),
            ("Removes", "second"),
            ("Mixed", "right,left,own"),
        ],
    )
    def test_order_inheritance_and_removal(self, fx, name, expected):
        assert ",".join(variables_of(fx("fx_vars_inherit", name))) == expected

    def test_an_override_takes_the_new_type(self, fx):
        assert isinstance(variables_of(fx("fx_vars_inherit", "Overrides"))["first"], IntegerVar)

    def test_options_may_be_given_by_position(self, fx):
        found = variables_of(fx("fx_vars_positional", "Positional"))
        text, choice, thing = (found[name].to_spec(name) for name in ("text", "choice", "thing"))

        assert (text.min_length, text.max_length, text.regex, text.label) == (1, 10, "^a", "Label")
        assert (text.description, text.required, found["text"].default()) == ("Help", False, "abc")
        assert (choice.choices, choice.label, choice.required) == ([["a", "A"]], "Label", False)
        assert (thing.model, thing.display_field, thing.query_params) == ("dcim.site", "name", {"a": "b"})
        assert (thing.null_option, thing.label, thing.required) == ("None", "Label", False)

    @pytest.mark.parametrize(
        ("name", "label"),
        [("site_name", "Site name"), ("mtu", "Mtu"), ("_x", " x"), ("switch_2", "Switch 2")],
    )
    def test_a_label_is_derived_from_the_name(self, name, label):
        assert StringVar().to_spec(name).label == label

    def test_a_compiled_pattern_keeps_its_flags(self):
        spec = StringVar(regex=re.compile("^rack", re.IGNORECASE)).to_spec("v")

        assert spec.regex == "(?i)^rack"

    @pytest.mark.parametrize("widget", [forms.PasswordInput, forms.PasswordInput()])
    def test_a_password_input_makes_a_secret(self, widget):
        spec = StringVar(widget=widget).to_spec("v")

        assert spec.secret
        assert spec.widget == "django.forms.widgets.PasswordInput"

    def test_a_text_area_is_always_a_text_area(self):
        assert TextVar(widget=forms.PasswordInput).to_spec("v").widget == ""

    def test_an_object_variable_wants_a_model(self):
        with pytest.raises(TypeError, match=r"^ObjectVar must specify a model$"):
            ObjectVar()

    def test_options_of_other_platforms_are_ignored(self):
        assert ObjectVar(model="dcim.site", context={}, selector=True, quick_add=True).model == "dcim.site"

    def test_the_model_of_a_queryset_is_used(self):
        variable = MultiObjectVar(queryset=Site.objects.filter(slug="x"))

        assert (variable.model, variable.to_spec("v").model) == (Site, "dcim.site")

    @pytest.mark.parametrize(
        "make",
        [
            lambda: StringVar(min_length="x"),
            lambda: StringVar(max_length=1.5),
            lambda: StringVar(max_length=True),
            lambda: StringVar(regex="("),
            lambda: StringVar(regex=b"x"),
            lambda: IntegerVar(min_value="x"),
            lambda: IntegerVar(max_value=float("nan")),
            lambda: DecimalVar(max_digits="x"),
            lambda: DecimalVar(min_value=True),
            lambda: IPNetworkVar(min_prefix_length=[]),
        ],
    )
    def test_options_that_make_no_sense_fail_where_they_are_written(self, make):
        with pytest.raises((TypeError, ValueError), match=r"must be|is no"):
            make()

    def test_numbers_given_as_text_are_numbers(self):
        spec = StringVar(min_length="3", max_length=5.0).to_spec("v")

        assert (spec.min_length, spec.max_length) == (3, 5)

    def test_is_variable(self):
        assert is_variable(StringVar())
        assert not is_variable(StringVar)


class TestChoices:
    @pytest.mark.parametrize(
        "choices",
        [
            PAIRS,
            [["a", "A"], ["b", "B"]],
            lambda: PAIRS,
            iter(PAIRS),
            {"a": "A", "b": "B"},
            [("a", "A", "red"), ("b", "B", "blue")],
            type("Choices", (), {"choices": PAIRS}),
        ],
    )
    def test_choices_come_in_many_forms(self, choices):
        assert ChoiceVar(choices=choices).to_spec("v").choices == [["a", "A"], ["b", "B"]]

    def test_groups_stay_groups(self, fx):
        spec = variables_of(fx("fx_vars_choice", "Grouped"))["place"].to_spec("place")

        assert spec.choices == [["Europe", [["ams", "Amsterdam"], ["zrh", "Zurich"]]], ["x", "Elsewhere"]]

    @pytest.mark.parametrize("choices", [["ab"], [("a",)], [1], 5, None])
    def test_what_is_no_list_of_pairs_is_refused(self, choices):
        with pytest.raises(TypeError):
            ChoiceVar(choices=choices).to_spec("v")

    def test_a_value_of_none_is_no_value(self):
        assert ChoiceVar(choices=[(None, "—"), ("a", "A")]).to_spec("v").choices[0] == ["", "—"]


@pytest.mark.django_db
class TestObjects:
    @pytest.fixture
    def sites(self):
        status = Status.objects.create(name="Here", slug="here")
        return [
            Site.objects.create(name=f"{slug} site", slug=slug, status=status) for slug in ("ams01", "zrh01")
        ]

    def test_s58_an_object_by_key_and_by_filter(self, ran, sites):
        for value in (str(sites[0].pk), {"name": "ams01 site"}, {"slug": "ams01"}, sites[0]):
            assert ran("fx_vars_object", "Single", {"site": value}).output == "\n{'site': 'ams01'}"

    def test_s64_several_are_a_lazy_query_set(self, ran, sites):
        run = ran("fx_vars_object", "Multiple", {"sites": [site.pk for site in sites]})

        assert run.output == "\n{'sites': [<Site: ams01 site>, <Site: zrh01 site>]}"

    def test_nothing_chosen_is_an_empty_query_set(self, ran):
        run = ran("fx_vars_object", "Optional")

        assert run.status == "completed"
        assert "'site': None" in run.output

    def test_a_queryset_limits_the_choices(self, ran, sites):
        assert ran("fx_vars_object", "ByQueryset", {"site": sites[0].pk}).status == "completed"
        assert ran("fx_vars_object", "ByQueryset", {"site": sites[1].pk}).reason == "initialization"

    def test_a_model_may_be_given_by_its_label(self, ran, sites):
        assert ran("fx_vars_object", "ByLabel", {"site": sites[0].pk}).output == "\n{'site': 'ams01'}"

    @pytest.fixture
    def accepted(self, fx, sink, database):
        """A run whose inputs were accepted when their objects were still there."""

        def run(name: str, inputs: dict[str, Any]) -> tuple[Any, list[str]]:
            result = execute(fx("fx_vars_object", name), context(inputs=inputs), sink=sink, database=database)
            return result, [event.message for event in sink.events if isinstance(event, LogRow)]

        return run

    @pytest.mark.parametrize("key", ["5b0c7a4e-0000-4000-8000-000000000000", "nonsense"])
    def test_an_object_that_vanished_is_an_initialization_failure(self, accepted, key):
        result, messages = accepted("Single", {"site": key})

        assert (result.status, result.reason) == ("errored", "initialization")
        assert "Select a valid choice. That choice is not one of the available choices." in messages[0]

    def test_of_several_the_missing_one_is_named(self, accepted, sites):
        gone = "5b0c7a4e-0000-4000-8000-000000000000"
        _, messages = accepted("Multiple", {"sites": [str(sites[0].pk), gone]})

        assert f"Select a valid choice. {gone} is not one of the available choices." in messages[0]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ({"slug": "nowhere"}, "No object matches the provided attributes."),
            ({"status__slug": "here"}, "Multiple objects match the provided attributes."),
        ],
    )
    @pytest.mark.usefixtures("sites")
    def test_filters_in_tests_of_authors(self, ran, value, message):
        with pytest.raises(InputErrors, match=message):
            ran("fx_vars_object", "Single", {"site": value})


class TestFiles:
    def test_s65_a_file_is_a_binary_file_object(self, ran):
        run = ran("fx_file", "Reads", files={"upload": ("racks.csv", b"a,b\nc,d\n")})

        assert run.messages()[0] == "racks.csv, 8 bytes, text/csv"
        assert run.output == "\n8 2 4"

    def test_a_file_can_be_read_as_text(self, ran):
        run = ran("fx_file", "ReadsCsv", files={"upload": "a,b\nc,d\n"})

        assert run.output == "\n[['a', 'b'], ['c', 'd']]"

    def test_an_optional_file_is_none(self, ran):
        assert ran("fx_file", "OptionalFile").output == "\nfile is None"

    def test_a_file_is_still_there_in_post_run(self, ran):
        assert ran("fx_file", "InPostRun", files={"upload": "late"}).messages(grouping="post_run") == ["late"]

    def test_a_file_iterates_and_closes(self):
        file = in_run(FileVar(), {"name": "a", "size": 3}, files={"v": io.BytesIO(b"a\nb")})

        with file as opened:
            assert list(opened) == [b"a\n", b"b"]
        assert file.closed
        assert (str(file), len(file), bool(file), file.content_type) == ("a", 3, True, "")


class TestOwnVariables:
    def test_code_of_an_authors_class_decides_in_the_run(self, ran):
        assert ran("fx_vars_positional", "CustomVar", {"vlan": "42"}).output == "\n42"

    def test_a_value_that_it_refuses_is_an_initialization_failure(self, ran):
        run = ran("fx_vars_positional", "CustomVar", {"vlan": "5000"})

        assert run.reason == "initialization"
        assert "5000 is no VLAN" in run.messages()[0]

    def test_the_api_shows_the_authors_class_and_cleans_as_its_base(self, fx):
        spec = variables_of(fx("fx_vars_positional", "CustomVar"))["vlan"].to_spec("vlan")

        assert (spec.type, spec.kind) == ("VlanVar", "StringVar")

    def test_a_form_field_of_django_is_obeyed(self):
        class MailVar(StringVar):
            form_field = forms.EmailField

        assert in_run(MailVar(max_length=50), "a@example.com") == "a@example.com"
        with pytest.raises(InputErrors, match="Enter a valid email address"):
            in_run(MailVar(), "nonsense")

    def test_validators_of_django_are_obeyed(self):
        class MailVar(StringVar):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.field_attrs["validators"] = [EmailValidator("No mail.")]

        with pytest.raises(InputErrors, match="No mail"):
            in_run(MailVar(), "nonsense")

    def test_own_checks_see_no_empty_value(self):
        class Strict(StringVar):
            def run_own_checks(self, value):
                raise AssertionError

        assert in_run(Strict(required=False), "") == ""


class TestSerialization:
    class Example(Job):
        address = IPAddressVar()
        day = DateVar(required=False)
        text = StringVar(required=False)

    def test_python_values_become_queued_values(self):
        data = {"address": netaddr.IPAddress("192.0.2.1"), "day": date(2026, 1, 31), "other": 1}

        assert self.Example.serialize_data(data) == {"address": "192.0.2.1", "day": "2026-01-31"}

    def test_queued_values_become_python_values(self):
        data = self.Example.deserialize_data({"address": "192.0.2.1", "day": "2026-01-31", "other": 1})

        assert data == {"address": netaddr.IPAddress("192.0.2.1"), "day": date(2026, 1, 31)}

    def test_deserialize_wants_a_dictionary(self):
        with pytest.raises(TypeError, match=r"^Data should be a dictionary\.$"):
            self.Example.deserialize_data([])

    def test_deserialize_wants_required_values(self):
        with pytest.raises(ValidationError, match="address is a required field"):
            self.Example.deserialize_data({"address": None})

    def test_validate_data(self):
        job = self.Example()

        job.validate_data({"text": "x"})
        with pytest.raises(ValidationError, match="Job data needs to be a dict"):
            job.validate_data(None)
        with pytest.raises(ValidationError, match="Job data contained an unknown property"):
            job.validate_data({"nothing": 1})


@pytest.mark.parametrize(
    ("name", "data", "output"),
    [
        ("Falsy", {}, "{'text': '', 'number': 0, 'flag': False, 'decimal': Decimal('0.0')}"),
        (
            "Given",
            {},
            "{'text': 'rack', 'number': 7, 'one': 'b', 'many': ['a'], 'structure': {'a': [1]}}",
        ),
        ("CallableDefault", {}, "{'text': 'computed'}"),
    ],
)
def test_s45_defaults_reach_the_job(ran, name, data, output):
    assert ran("fx_defaults", name, data).output == f"\n{output}"


@pytest.mark.parametrize("name", ["InvalidDefault", "RaisingDefault"])
def test_a_default_that_does_not_work_leaves_the_value_to_the_user(fx, name):
    with pytest.raises(InputErrors):
        run_job(fx("fx_defaults", name))
    assert run_job(fx("fx_defaults", name), {"text": "abc"}).status == "completed"
