"""What a client may send, what is queued, and what is refused in which words (§4, §5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobyard.cleaning.text import NO_TEXT
from jobyard.errors import InputErrors, InvalidInput
from jobyard.inputs import FileInput, clean_inputs
from jobyard.spec import JobSpec, VariableSpec

REQUIRED = "This field is required."
SURROGATE = "\ud800"
HUGE = pytest.param(10**5000, id="huge")


class Objects:
    """Two sites: keys a and b, names leaf and spine."""

    def resolve(self, model, value):
        if isinstance(value, dict):
            value = {"leaf": "a", "spine": "b"}.get(value.get("name"))
        if value not in ("a", "b"):
            raise InvalidInput("no such object")
        return value

    def resolve_many(self, model, values):
        return [self.resolve(model, value) for value in values]


def clean(variable: VariableSpec, data: Any, **options: Any) -> dict[str, Any]:
    spec = JobSpec(module="m", class_name="C", name="C", grouping="m", variables=[variable])
    return clean_inputs(spec, data, objects=Objects(), **options)


def variable(kind: str, **options: Any) -> VariableSpec:
    return VariableSpec(**{"name": "v", "type": kind, "kind": kind, "label": "V", **options})


def cleaned(kind: str, value: Any, *, from_form: bool = False, **options: Any) -> Any:
    return clean(variable(kind, **options), {"v": value}, from_form=from_form)["v"]


def refused(kind: str, value: Any, *, from_form: bool = False, **options: Any) -> list[str]:
    with pytest.raises(InputErrors) as caught:
        cleaned(kind, value, from_form=from_form, **options)
    return caught.value.errors["v"]


class TestShape:
    @pytest.mark.parametrize("data", [None, "", {}])
    def test_v1_nothing_is_an_empty_object(self, data):
        assert clean(variable("StringVar", required=False), data) == {"v": ""}

    @pytest.mark.parametrize("data", [[], [1], "text", 5, True, False, 0])
    def test_v2_anything_else_is_refused(self, data):
        with pytest.raises(InputErrors) as caught:
            clean(variable("StringVar"), data)

        assert caught.value.errors == ["Job data needs to be a dict"]
        assert str(caught.value) == "Job data needs to be a dict"

    def test_v3_all_unknown_keys_are_named_and_nothing_else_is_checked(self):
        with pytest.raises(InputErrors) as caught:
            clean(variable("IntegerVar"), {"v": "x", "a": 1, "b": 2})

        unknown = ["Job data contained an unknown property"]
        assert caught.value.errors == {"a": unknown, "b": unknown}

    def test_v3_odd_keys_can_be_written_as_json(self):
        with pytest.raises(InputErrors) as caught:
            clean(variable("IntegerVar"), {SURROGATE: 1, "x" * 10_000: 1, 5: 1})

        assert len(json.dumps(caught.value.errors, ensure_ascii=False).encode()) < 1000

    def test_v5_all_variables_are_reported_at_once(self):
        spec = JobSpec(
            module="m",
            class_name="C",
            name="C",
            grouping="m",
            variables=[variable("IntegerVar", name="a"), variable("BooleanVar", name="b")],
        )

        with pytest.raises(InputErrors) as caught:
            clean_inputs(spec, {"a": "x", "b": "maybe"}, objects=Objects())

        assert caught.value.errors == {
            "a": ["Enter a whole number."],
            "b": ["Must be a valid boolean."],
        }
        assert str(caught.value) == "a: Enter a whole number.; b: Must be a valid boolean."

    def test_the_order_is_that_of_declaration(self):
        names = ["z", "a", "m"]
        variables = [variable("StringVar", name=name, required=False) for name in names]
        spec = JobSpec(module="m", class_name="C", name="C", grouping="m", variables=variables)

        assert list(clean_inputs(spec, {"m": "1"}, objects=Objects())) == names


EMPTY = {
    "StringVar": "",
    "TextVar": "",
    "IntegerVar": None,
    "DecimalVar": None,
    "BooleanVar": False,
    "ChoiceVar": "",
    "MultiChoiceVar": [],
    "ObjectVar": None,
    "MultiObjectVar": [],
    "FileVar": None,
    "IPAddressVar": None,
    "IPAddressWithMaskVar": None,
    "IPNetworkVar": None,
    "JSONVar": None,
    "DateVar": None,
    "DateTimeVar": None,
}
DEFAULTS = {
    "StringVar": "abc",
    "TextVar": "abc",
    "IntegerVar": 5,
    "DecimalVar": "1.5",
    "BooleanVar": True,
    "ChoiceVar": "x",
    "MultiChoiceVar": ["x"],
    "ObjectVar": "a",
    "MultiObjectVar": ["a", "b"],
    "IPAddressVar": "192.0.2.1",
    "IPAddressWithMaskVar": "192.0.2.1/24",
    "IPNetworkVar": "192.0.2.0/24",
    "JSONVar": {"a": [1]},
    "DateVar": "2026-01-31",
    "DateTimeVar": "2026-01-31T12:00:00+00:00",
}
CHOICES = [["x", "X"], ["y", "Y"]]


class TestOmittedNullAndEmpty:
    """The table of §5.2, for every kind."""

    @pytest.mark.parametrize("kind", EMPTY)
    def test_an_optional_key_left_out_is_the_empty_value(self, kind):
        assert clean(variable(kind, required=False, choices=CHOICES), {}) == {"v": EMPTY[kind]}

    @pytest.mark.parametrize("kind", EMPTY)
    @pytest.mark.parametrize("value", [None, ""])
    def test_null_and_empty_text_are_no_value_and_do_not_mean_the_default(self, kind, value):
        options = {"default": DEFAULTS.get(kind), "has_default": True, "choices": CHOICES}

        assert cleaned(kind, value, required=False, **options) == EMPTY[kind]

    @pytest.mark.parametrize("kind", [kind for kind in EMPTY if kind != "BooleanVar"])
    @pytest.mark.parametrize("data", [{}, {"v": None}, {"v": ""}])
    def test_a_required_variable_wants_a_value(self, kind, data):
        with pytest.raises(InputErrors) as caught:
            clean(variable(kind, choices=CHOICES), data)

        assert caught.value.errors == {"v": [REQUIRED]}

    @pytest.mark.parametrize("data", [{}, {"v": None}, {"v": ""}])
    def test_a_flag_is_never_required(self, data):
        assert clean(variable("BooleanVar", required=True), data) == {"v": False}

    @pytest.mark.parametrize("kind", DEFAULTS)
    def test_an_omitted_key_takes_the_default(self, kind):
        spec = variable(kind, default=DEFAULTS[kind], has_default=True, choices=CHOICES)

        assert clean(spec, {}) == {"v": DEFAULTS[kind]}

    @pytest.mark.parametrize("kind", DEFAULTS)
    def test_a_form_sends_every_field_so_no_default_is_filled_in(self, kind):
        spec = variable(kind, default=DEFAULTS[kind], has_default=True, choices=CHOICES, required=False)

        assert clean(spec, {}, from_form=True) == {"v": EMPTY[kind]}

    def test_a_default_is_validated_like_a_submitted_value(self):
        spec = variable("StringVar", default="too long", has_default=True, max_length=3)

        with pytest.raises(InputErrors):
            clean(spec, {})

    @pytest.mark.parametrize(
        ("kind", "default"), [("IntegerVar", 0), ("BooleanVar", False), ("StringVar", "")]
    )
    def test_false_defaults_count(self, kind, default):
        spec = variable(kind, default=default, has_default=True, required=False)

        assert clean(spec, {}) == {"v": default}

    def test_a_secret_default_is_left_to_the_job(self):
        spec = variable("StringVar", secret=True, has_default=True)

        assert clean(spec, {}) == {}
        assert clean(spec, {"v": "given"}) == {"v": "given"}

    @pytest.mark.parametrize("value", ["  ", "\t\n"])
    def test_white_space_is_no_text(self, value):
        assert refused("StringVar", value) == [REQUIRED]
        assert cleaned("TextVar", value, required=False) == ""

    def test_an_empty_list_is_no_choice(self):
        assert refused("MultiChoiceVar", [], choices=CHOICES) == [REQUIRED]
        assert refused("MultiObjectVar", []) == [REQUIRED]


class TestText:
    def test_text_is_stripped(self):
        assert cleaned("StringVar", "  a b ") == "a b"

    @pytest.mark.parametrize(
        ("value", "text"), [(5, "5"), (1.5, "1.5"), (True, "True"), (False, "False"), (0, "0")]
    )
    def test_numbers_and_flags_become_text(self, value, text):
        assert cleaned("StringVar", value) == text
        assert cleaned("TextVar", value) == text

    @pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}, SURROGATE, HUGE])
    def test_other_things_are_no_text(self, value):
        assert refused("StringVar", value) == ["Not a valid string."]

    def test_null_characters_are_refused(self):
        assert refused("TextVar", "a\x00b") == [NO_TEXT]

    @pytest.mark.parametrize(
        ("value", "options", "message"),
        [
            ("ab", {"min_length": 3}, "Ensure this value has at least 3 characters (it has 2)."),
            ("abcd", {"max_length": 3}, "Ensure this value has at most 3 characters (it has 4)."),
            ("ab", {"max_length": 1}, "Ensure this value has at most 1 character (it has 2)."),
            ("abc", {"regex": "^b"}, "Invalid value. Must match regex: ^b"),
            ("abc", {"regex": "("}, "Invalid value. Must match regex: ("),
        ],
    )
    def test_s50_bounds_and_pattern(self, value, options, message):
        assert refused("StringVar", value, **options) == [message]

    def test_several_messages_come_together(self):
        assert len(refused("StringVar", "ab", min_length=3, regex="z")) == 2

    @pytest.mark.parametrize("value", ["ab", "abcd"])
    def test_s51_equal_lengths_fix_the_length(self, value):
        assert cleaned("StringVar", "abc", min_length=3, max_length=3) == "abc"
        assert refused("StringVar", value, min_length=3, max_length=3)

    def test_a_pattern_is_found_anywhere(self):
        assert cleaned("StringVar", "rack 42 left", regex="[0-9]+") == "rack 42 left"

    def test_length_counts_what_is_kept(self):
        assert cleaned("StringVar", "  abc  ", max_length=3) == "abc"

    def test_s52_a_megabyte_of_text_passes(self):
        assert len(cleaned("TextVar", "x" * 1_000_000)) == 1_000_000

    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            *[("(a+)+$", "a" * 60 + "!"), (r"(.*)*=\1", "x" * 60), ("(x*)*y", "x" * 5000)],
            *[("^(a|aa)+$", "a" * 100 + "!"), ("^" + "(a|a)" * 40 + "$", "a" * 39 + "!")],
            ("(b)" * 60 + "(a+)+$", "b" * 60 + "a" * 60 + "!"),
        ],
    )
    def test_ld08_a_pattern_that_takes_for_ever_is_refused_in_time(self, pattern, text):
        assert refused("StringVar", text, regex=pattern) == [f"Invalid value. Must match regex: {pattern}"]

    def test_a_costly_pattern_that_matches_is_accepted(self):
        assert cleaned("StringVar", "ab" * 2000, regex="(ab)+(ab)+$")


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "number"),
        [(7, 7), ("7", 7), (" 7 ", 7), ("-3", -3), ("+3", 3), (7.0, 7), ("7.0", 7), (0, 0)],
    )
    def test_s53_whole_numbers(self, value, number):
        result = cleaned("IntegerVar", value)

        assert result == number
        assert type(result) is int

    @pytest.mark.parametrize(
        "value",
        [7.5, "7.5", "x", True, False, [], {}, "1e3", "½", float("inf"), HUGE, "9" * 5000],
    )
    def test_other_things_are_no_whole_numbers(self, value):
        assert refused("IntegerVar", value) == ["Enter a whole number."]

    @pytest.mark.parametrize(
        ("value", "options", "message"),
        [
            (-1, {"min_value": 0}, "Ensure this value is greater than or equal to 0."),
            (1, {"max_value": 0}, "Ensure this value is less than or equal to 0."),
            (11, {"min_value": 1, "max_value": 10}, "Ensure this value is less than or equal to 10."),
        ],
    )
    def test_s54_bounds_count_also_when_zero(self, value, options, message):
        assert refused("IntegerVar", value, **options) == [message]
        assert refused("DecimalVar", value, **options) == [message]

    @pytest.mark.parametrize("value", [1, 10, "10"])
    def test_bounds_are_inclusive(self, value):
        assert cleaned("IntegerVar", value, min_value=1, max_value=10) == int(value)

    @pytest.mark.parametrize(
        ("value", "text"),
        [(1, "1"), (1.5, "1.5"), ("1.50", "1.50"), (".5", "0.5"), ("1e2", "1E+2"), (" -0.1 ", "-0.1")],
    )
    def test_decimals_are_queued_as_text(self, value, text):
        assert cleaned("DecimalVar", value) == text

    @pytest.mark.parametrize(
        "value",
        ["x", True, [], {}, "NaN", "Infinity", float("nan"), float("inf"), "1_000", "1e9999999", "9" * 5000],
    )
    def test_other_things_are_no_decimals(self, value):
        assert refused("DecimalVar", value) == ["Enter a number."]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("12345", "Ensure that there are no more than 4 digits in total."),
            ("1.234", "Ensure that there are no more than 2 decimal places."),
            ("1e5", "Ensure that there are no more than 4 digits in total."),
            ("0.00001", "Ensure that there are no more than 4 digits in total."),
        ],
    )
    def test_digits_and_places(self, value, message):
        assert message in refused("DecimalVar", value, max_digits=4, decimal_places=2)

    @pytest.mark.parametrize("value", ["12.34", "0", "0.10", "99", "-12.34"])
    def test_numbers_that_fit(self, value):
        assert cleaned("DecimalVar", value, max_digits=4, decimal_places=2)

    @pytest.mark.parametrize("value", [True, 1, "true", "TRUE", "1", "on", "Yes", " yes "])
    def test_s55_true(self, value):
        assert cleaned("BooleanVar", value) is True

    @pytest.mark.parametrize("value", [False, 0, "false", "FALSE", "0", "off", "No"])
    def test_s55_false(self, value):
        assert cleaned("BooleanVar", value) is False

    @pytest.mark.parametrize("value", ["maybe", 2, -1, [], {}, 1.5, "None"])
    def test_x21_unknown_words_are_no_flags(self, value):
        assert refused("BooleanVar", value) == ["Must be a valid boolean."]


GROUPS = [["Europe", [["ams", "Amsterdam"], ["zrh", "Zurich"]]], ["x", "Elsewhere"]]


class TestChoices:
    def test_s56_the_value_is_submitted_not_the_label(self):
        assert cleaned("ChoiceVar", "x", choices=CHOICES) == "x"
        assert refused("ChoiceVar", "X", choices=CHOICES) == [
            "Select a valid choice. X is not one of the available choices."
        ]

    @pytest.mark.parametrize("value", ["ams", "zrh", "x"])
    def test_values_of_groups_are_choices(self, value):
        assert cleaned("ChoiceVar", value, choices=GROUPS) == value

    def test_headings_are_no_choices(self):
        assert refused("ChoiceVar", "Europe", choices=GROUPS)

    def test_values_are_compared_as_text(self):
        assert cleaned("ChoiceVar", 1, choices=[["1", "One"]]) == "1"

    def test_s57_several(self):
        assert cleaned("MultiChoiceVar", ["y", "x"], choices=CHOICES) == ["y", "x"]
        assert refused("MultiChoiceVar", ["x", "z"], choices=CHOICES) == [
            "Select a valid choice. z is not one of the available choices."
        ]

    @pytest.mark.parametrize("value", ["x", {"x": 1}, 5, True])
    def test_several_come_as_a_list(self, value):
        assert refused("MultiChoiceVar", value, choices=CHOICES) == ["Enter a list of values."]

    @pytest.mark.parametrize("value", [[1], {"a": 1}, SURROGATE, "\x00", "z" * 10**6, HUGE, True])
    def test_what_is_repeated_in_a_message_is_short_and_writable(self, value):
        (message,) = refused("ChoiceVar", value, choices=CHOICES)

        assert len(message.encode()) < 1000


class TestObjects:
    def test_s58_a_key_or_a_filter(self):
        assert cleaned("ObjectVar", "a") == "a"
        assert cleaned("ObjectVar", {"name": "spine"}) == "b"

    def test_s64_several_in_their_order_without_doubles(self):
        assert cleaned("MultiObjectVar", ["b", "a", {"name": "spine"}]) == ["b", "a"]

    @pytest.mark.parametrize("value", [True, 1.5, [], ["a"], SURROGATE, "\x00", 2**64, "x" * 10**6])
    def test_what_is_no_key_never_reaches_the_database(self, value):
        assert refused("ObjectVar", value) == [
            "Select a valid choice. That choice is not one of the available choices."
        ]

    @pytest.mark.parametrize("value", [True, 1.5, ["a"], None, SURROGATE, 2**64])
    def test_what_is_no_key_in_a_list_is_named(self, value):
        (message,) = refused("MultiObjectVar", [value])

        assert message.startswith("“")
        assert message.endswith("” is not a valid value.")
        assert message.encode()

    @pytest.mark.parametrize("value", ["a", {"name": "leaf"}, 5])
    def test_several_objects_come_as_a_list(self, value):
        assert refused("MultiObjectVar", value) == ["Enter a list of values."]

    @pytest.mark.parametrize("value", [{"name": {"x": 1}}, {"name": ["leaf"]}])
    def test_a_filter_has_plain_values_only(self, value):
        assert refused("ObjectVar", value) == ['Cannot select objects by "name".']

    @pytest.mark.parametrize("value", [{"name": "\x00"}, {"name": 2**70}, {"name": "x" * 10**6}])
    def test_a_filter_that_no_row_can_match(self, value):
        assert refused("ObjectVar", value) == ["No object matches the provided attributes."]

    def test_deep_filters_do_no_harm(self):
        deep: Any = "x"
        for _ in range(5000):
            deep = {"name": deep}

        assert refused("ObjectVar", deep) == ['Cannot select objects by "name".']
        assert refused("MultiObjectVar", [deep]) == ['Cannot select objects by "name".']

    def test_the_null_option_submits_no_value(self):
        assert cleaned("ObjectVar", "null", null_option="None", required=False) is None


class TestAddresses:
    @pytest.mark.parametrize(
        ("value", "text"),
        [("192.0.2.1", "192.0.2.1"), (" 2001:DB8::1 ", "2001:db8::1"), ("0.0.0.0", "0.0.0.0")],
    )
    def test_s66_an_address(self, value, text):
        assert cleaned("IPAddressVar", value) == text

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("host", "Invalid IPv4/IPv6 address format: host"),
            ("300.0.0.1", "Invalid IPv4/IPv6 address format: 300.0.0.1"),
            ("10.0.0", "Invalid IPv4/IPv6 address format: 10.0.0"),
            ("fe80::1%eth0", "Invalid IPv4/IPv6 address format: fe80::1%eth0"),
            ("10.0.0.1/24", "This field requires an IP address without a mask."),
            (5, "Please specify a valid IPv4 or IPv6 address."),
            (["10.0.0.1"], "Please specify a valid IPv4 or IPv6 address."),
        ],
    )
    def test_what_is_no_address(self, value, message):
        assert refused("IPAddressVar", value) == [message]

    @pytest.mark.parametrize("value", ["x" * 10**6, SURROGATE, "\x00"])
    def test_the_message_is_short_and_writable(self, value):
        assert len(refused("IPAddressVar", value)[0].encode()) < 1000

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("192.0.2.1/24", "192.0.2.1/24"),
            ("192.0.2.1/255.255.255.0", "192.0.2.1/24"),
            ("2001:db8::1/64", "2001:db8::1/64"),
        ],
    )
    def test_s67_host_bits_are_kept(self, value, text):
        assert cleaned("IPAddressWithMaskVar", value) == text

    @pytest.mark.parametrize("kind", ["IPAddressWithMaskVar", "IPNetworkVar"])
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("192.0.2.1", "CIDR mask (e.g. /24) is required."),
            ("192.0.2.0/24/5", "CIDR mask (e.g. /24) is required."),
            ("192.0.2.0/33", "Please specify a valid IPv4 or IPv6 address."),
            ("x/24", "Please specify a valid IPv4 or IPv6 address."),
            ("fe80::%1/64", "Please specify a valid IPv4 or IPv6 address."),
            (24, "Please specify a valid IPv4 or IPv6 address."),
        ],
    )
    def test_what_has_no_mask(self, kind, value, message):
        assert refused(kind, value) == [message]

    def test_s68_a_network_has_no_host_bits(self):
        assert cleaned("IPNetworkVar", "192.0.2.0/24") == "192.0.2.0/24"
        assert refused("IPNetworkVar", "192.0.2.1/24") == [
            "192.0.2.1/24 is not a valid prefix. Did you mean 192.0.2.0/24?"
        ]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("10.0.0.0/8", "The prefix length must be greater than or equal to 24."),
            ("10.0.0.0/30", "The prefix length must be less than or equal to 28."),
        ],
    )
    def test_s68_bounds_of_the_prefix_length(self, value, message):
        assert refused("IPNetworkVar", value, min_prefix_length=24, max_prefix_length=28) == [message]

    def test_a_prefix_length_of_zero_counts(self):
        assert refused("IPNetworkVar", "10.0.0.0/8", max_prefix_length=0)
        assert cleaned("IPNetworkVar", "0.0.0.0/0", max_prefix_length=0) == "0.0.0.0/0"


class TestDatesAndStructures:
    @pytest.mark.parametrize("value", ["2026-01-31", " 2026-01-31 "])
    def test_a_day(self, value):
        assert cleaned("DateVar", value) == "2026-01-31"

    @pytest.mark.parametrize(
        "value",
        ["2026-02-30", "31.1.2026", "20260131", "2026-W05-6", 5, [], "2026-01-31T10:00", "\uff12026-01-31"],
    )
    def test_what_is_no_day(self, value):
        assert refused("DateVar", value) == ["Enter a valid date."]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00+00:00"),
            ("2026-01-31 12:00+01:00", "2026-01-31T12:00:00+01:00"),
        ],
    )
    def test_a_moment(self, value, text):
        assert cleaned("DateTimeVar", value) == text

    def test_a_moment_without_offset_is_in_the_time_zone_of_the_server(self):
        assert cleaned("DateTimeVar", "2026-01-31T12:00:00")[19] in "+-"

    @pytest.mark.parametrize("value", ["tomorrow", 5, [], {}, "0001-01-01T00:00:00", "2026-13-01T00:00:00"])
    def test_what_is_no_moment(self, value):
        assert refused("DateTimeVar", value) == ["Enter a valid date/time."]

    @pytest.mark.parametrize("value", [{"a": [1, None, "x"]}, [], {}, 5, 1.5, True, False, 0, "text"])
    def test_any_json_is_a_structure(self, value):
        assert cleaned("JSONVar", value) == value

    @pytest.mark.parametrize("value", [float("nan"), [float("inf")], {1: 2}, {"a": {1, 2}}])
    def test_what_json_cannot_say_is_refused(self, value):
        assert refused("JSONVar", value) == ["Enter a valid JSON."]

    @pytest.mark.parametrize("value", [["\x00"], {"\x00": 1}, {"a": {"b": "\x00"}}])
    def test_null_characters_deep_inside_are_found(self, value):
        assert refused("JSONVar", value) == [NO_TEXT]

    @pytest.mark.parametrize("levels", [101, 100_000])
    def test_endless_nesting_is_refused(self, levels):
        value: Any = []
        for _ in range(levels):
            value = [value]

        assert refused("JSONVar", value) == ["Enter a valid JSON."]

    def test_a_form_sends_json_as_text(self):
        assert cleaned("JSONVar", '{"a": 1}', from_form=True) == {"a": 1}
        assert cleaned("JSONVar", '{"a": 1}') == '{"a": 1}'

    @pytest.mark.parametrize("text", ["{", "nope", "[" * 100_000, "NaN", "1e999", "9" * 5000])
    def test_a_form_with_bad_json(self, text):
        assert refused("JSONVar", text, from_form=True) == ["Enter a valid JSON."]

    def test_null_in_a_form_is_no_value(self):
        assert refused("JSONVar", "null", from_form=True) == [REQUIRED]
        assert cleaned("JSONVar", "null", from_form=True, required=False) is None


class TestFiles:
    def upload(self, **values):
        return {"v": FileInput(**{"name": "a.txt", "size": 3, **values})}

    def test_what_is_queued_describes_the_file(self):
        queued = clean(variable("FileVar"), {}, files=self.upload(content_type="text/plain"))

        assert queued == {"v": {"name": "a.txt", "size": 3, "content_type": "text/plain"}}

    @pytest.mark.parametrize("name", ["/etc/a.txt", "..\\..\\a.txt", "C:\\dir\\a.txt", "dir/a.txt"])
    def test_only_the_base_name_is_kept(self, name):
        assert clean(variable("FileVar"), {}, files=self.upload(name=name))["v"]["name"] == "a.txt"

    @pytest.mark.parametrize("name", ["a\x00.txt", f"a{SURROGATE}.txt", "\x00"])
    def test_a_name_that_is_no_text_is_refused(self, name):
        with pytest.raises(InputErrors, match=r"v: The name of the file is no text in UTF-8\."):
            clean(variable("FileVar"), {}, files=self.upload(name=name))

    def test_an_empty_file_is_refused(self):
        with pytest.raises(InputErrors, match="v: The submitted file is empty"):
            clean(variable("FileVar"), {}, files=self.upload(size=0))

    def test_a_file_above_the_limit_is_refused(self):
        with pytest.raises(
            InputErrors, match=r"v: The file is too large \(3 bytes; the limit is 2 bytes\)\."
        ):
            clean(variable("FileVar"), {}, files=self.upload(), file_max_bytes=2)

    def test_a_file_at_the_limit_is_fine(self):
        assert clean(variable("FileVar"), {}, files=self.upload(), file_max_bytes=3)

    @pytest.mark.parametrize("value", ["a.txt", {"name": "a.txt", "size": 1}, 5, ["x"]])
    def test_json_cannot_carry_a_file(self, value):
        assert refused("FileVar", value) == ["A file must be uploaded as multipart/form-data."]

    def test_an_unknown_upload_is_refused(self):
        with pytest.raises(InputErrors) as caught:
            clean(variable("FileVar", required=False), {}, files={"other": FileInput("a", 1)})

        assert caught.value.errors == {"other": ["Job data contained an unknown property"]}
