"""
What the users' document says of writing jobs, sentence by sentence (S1, S2, …), without a server.

Sentences about pages, REST, the command line and the data are in ``tests/contract``; that none is
missing is checked there too.
"""

from __future__ import annotations

from dataclasses import replace

import netaddr
import pytest
from tests.jobs.fakes import FIXTURES

from jobyard.description import describe_job
from jobyard.errors import InputErrors
from jobyard.testing import load_jobs

TESTS = ["test_z", "test_a", "test_m"]


@pytest.fixture
def refusal(ran):
    """``refusal("fx_api", "FourVars", data)``: the messages by field."""

    def refused(module, name, data):
        with pytest.raises(InputErrors) as caught:
            ran(module, name, data)
        return caught.value.errors

    return refused


@pytest.fixture
def spec_of(fx):
    return lambda module, name: describe_job(fx(module, name))


def test_s5_a_job_may_use_siblings_packages_and_libraries(ran):
    assert ran("fx_siblings", "Together").output == "\nTrue True helped with object {'a': 1}"


@pytest.mark.parametrize(
    ("module", "name", "status"),
    [
        ("fx_script", "EveryVariable", "completed"),
        ("fx_report", "TwoTests", "failed"),
        ("fx_netbox_script", "Old", "completed"),
        ("fx_netbox_script", "WithCommit", "completed"),
        ("fx_netbox_report", "Checks", "completed"),
    ],
)
def test_s6_scripts_and_reports_still_run(ran, module, name, status):
    run = ran(module, name)

    assert run.status == status, str(run)


def test_s11_logic_may_be_split_into_methods_s17_run_first_s18_tests_as_declared_s20_post_run_last(ran):
    run = ran("fx_order", "Ordered")

    assert run.groups == ["run", *TESTS, "post_run"]


def test_s12_a_folder_without_init_file_is_warned_about(inspect_source, tmp_path):
    from jobyard.check import check_path

    (tmp_path / "one.py").write_text("from jobyard import Job\n\n\nclass One(Job):\n    pass\n")
    before = check_path(tmp_path)
    (tmp_path / "__init__.py").touch()

    assert "has no __init__.py" in before[0].warnings[0]
    assert [job.class_name for report in check_path(tmp_path) for job in report.jobs] == ["One"]
    assert not any(report.warnings for report in check_path(tmp_path))


def test_s14_a_job_inherits_from_one_class_under_all_its_names(load):
    module = load("import nautobot.extras.jobs as a\nimport extras.jobs as b\n")

    assert module.a.Job is module.b.Job
    assert {"run", "log_info", "load_yaml"} & set(dir(module.a.Job)) >= {"log_info", "load_yaml"}


def test_s19_s24_s78_messages_are_grouped_by_the_method_that_was_called(ran):
    rows = ran("fx_order", "Ordered").rows

    assert [(row.grouping, row.message) for row in rows][:5] == [
        ("run", "run"),
        ("run", "sub-method"),
        ("test_z", "z"),
        ("test_a", "sub-method"),
        ("test_m", "m"),
    ]


def test_s21_s81_post_run_knows_status_and_result(ran):
    after_error = ran("fx_raise", "InRun")
    after_success = ran("fx_pass", "PassQuietly")

    assert "failed: True; status: errored" in after_error.messages(grouping="post_run")
    assert "failed: False; status: completed" in after_success.messages(grouping="post_run")
    assert after_success.job.result is after_success.job.job_result


def test_s22_s23_all_may_be_in_run_or_tests_or_post_run(ran):
    assert ran("fx_min", "OnlyRun", commit=True).messages() == ["data is {}"]
    assert ran("fx_min", "OnlyTests").messages("success") == ["one", "two"]
    assert ran("fx_min", "OnlyPostRun", commit=True).messages() == ["the end"]


def test_s25_no_other_method_is_called(ran):
    run = ran("fx_order", "Ordered")
    removed = ran("fx_order", "Removed")

    assert run.status == "completed"
    assert removed.groups == ["test_base_two", "test_late"]


def test_s9_each_file_is_a_module_s10_with_one_or_more_jobs(inspect_source):
    text = "from jobyard import Job\n\n\nclass A(Job):\n    pass\n\n\nclass B(Job):\n    pass\n"

    reports = inspect_source({"one.py": text, "two.py": text})

    assert {name: [job.class_name for job in report.jobs] for name, report in reports.items()} == {
        "one": ["A", "B"],
        "two": ["A", "B"],
    }


def test_s13_the_same_file_is_the_same_job_in_a_repository(inspect_source):
    text = (FIXTURES / "fx_api.py").read_text()

    (local,) = inspect_source({"fx_api.py": text})["fx_api"].jobs
    (git,) = inspect_source({"jobs/fx_api.py": text}, source="git.acme", job_path="jobs")["fx_api"].jobs

    assert replace(git, path=local.path) == local
    assert git.path == "jobs/fx_api.py"


def test_s15_module_and_class_have_attributes(spec_of):
    assert spec_of("fx_module_name", "One").name == "One"
    assert spec_of("fx_meta", "Everything").task_queues == ["fast", "slow"]


def test_s28_s29_the_module_has_a_name_or_that_of_its_file(spec_of):
    assert spec_of("fx_module_name", "One").grouping == "A heading of its own"
    assert spec_of("fx_min", "Nothing").grouping == "fx_min"


def test_s31_all_attributes_are_optional(spec_of):
    spec = spec_of("fx_min", "Nothing")

    assert (spec.commit_default, spec.read_only, spec.hidden, spec.field_order) == (True, False, False, [])
    assert (spec.description, spec.soft_time_limit, spec.time_limit) == ("", 0, 0)


def test_s32_s34_name_and_description(spec_of):
    assert spec_of("fx_min", "Nothing").name == "Nothing"
    assert spec_of("fx_meta", "Everything").name == "Every attribute"
    assert spec_of("fx_meta", "Everything").description.startswith("# Heading\n\nThe second line")


def test_s36_s37_fields_stand_as_ordered_or_as_defined(spec_of):
    def names(name):
        return [variable.name for variable in spec_of("fx_field_order", name).ordered_variables]

    assert names("Ordered") == ["c", "a", "b"]
    assert names("NoOrder") == ["a", "b", "c"]
    assert names("Partial") == ["b", "a", "c"]
    assert names("UnknownNames") == ["c", "a", "b"]


def test_s38_s40_a_read_only_job_reverts_without_a_word(ran):
    run = ran("fx_read_only", "Good", commit=True)

    assert run.messages() == ["commit is False"]
    assert not run.is_committed
    assert "reverted" not in str(ran("fx_read_only", "Bad", commit=True))


def test_s7_s41_a_read_only_job_takes_input(ran):
    assert ran("fx_read_only", "WithVars", {"what": "racks"}).messages() == ["looking at racks"]


def test_s42_variables_are_optional(spec_of):
    assert spec_of("fx_min", "Nothing").variables == []


def test_s43_s72_s77_only_run_sees_the_input_and_may_keep_it(ran, inspect_source):
    stored = ran("fx_instance", "Stores", commit=True)
    without_run = inspect_source(
        {"m.py": "from jobyard import Job, StringVar\n\n\nclass A(Job):\n    x = StringVar()\n"}
    )

    assert stored.messages(grouping="post_run") == ["['run', 'test'] True"]
    assert "run" in " ".join(without_run["m"].jobs[0].warnings)


def test_s77_a_test_with_a_parameter_is_an_error(load):
    from jobyard.testing import run_job

    module = load("from jobyard import Job\n\n\nclass A(Job):\n    def test_x(self, more):\n        pass\n")
    run = run_job(module.A)

    assert (run.status, run.reason) == ("errored", "exception")
    assert "TypeError" in str(run)


def test_s44_variables_are_class_attributes(fx):
    from jobyard.variables import ScriptVariable

    assert all(isinstance(vars(fx("fx_api", "FourVars"))[name], ScriptVariable) for name in ("foo", "bar"))


def test_s45_s46_s47_default_description_and_label(spec_of, ran):
    text = spec_of("fx_defaults", "Given").variables[0]

    assert (text.default, text.description, text.label) == ("rack", "Help", "Label")
    assert "'text': 'rack'" in ran("fx_defaults", "Given").output


def test_s48_input_is_required_unless_said_otherwise(refusal):
    assert refusal("fx_api", "FourVars", {})["foo"] == ["This field is required."]


def test_s49_the_widget_can_be_chosen(spec_of):
    key = spec_of("fx_redact", "Leaks").variables[0]

    assert key.widget.endswith("PasswordInput")
    assert key.secret


def test_s50_s51_limits_of_a_text(refusal, ran):
    errors = refusal(
        "fx_vars_text", "Strings", {"short": "abcdef", "long": "ab", "fixed": "ab", "unanchored": "x"}
    )

    assert errors["short"] == ["Ensure this value has at most 5 characters (it has 6)."]
    assert errors["long"] == ["Ensure this value has at least 3 characters (it has 2)."]
    assert errors["unanchored"] == ["Invalid value. Must match regex: [0-9]{2}"]
    assert "fixed" in errors
    assert "fixed" in refusal("fx_vars_text", "Strings", {"fixed": "abcd"})
    assert ran("fx_vars_text", "Strings", {"fixed": "abc"}).status == "completed"


def test_s52_a_long_text_has_any_length(ran):
    assert ran("fx_vars_text", "Texts", {"text": "x" * 1_000_000}).output == "\n1000000"


def test_s53_s54_whole_numbers_and_their_bounds(ran, refusal):
    assert "'any': 7" in ran("fx_vars_number", "Integers", {"any": "7"}).output
    assert refusal("fx_vars_number", "Integers", {"any": 7.5}) == {"any": ["Enter a whole number."]}
    bounds = refusal("fx_vars_number", "Integers", {"positive": -1, "negative": 1})
    assert bounds["positive"] == ["Ensure this value is greater than or equal to 0."]
    assert bounds["negative"] == ["Ensure this value is less than or equal to 0."]


@pytest.mark.parametrize(
    ("data", "shown"),
    [({"flag": True}, "'flag': True"), ({"flag": False}, "'flag': False"), ({}, "'flag': False")],
)
def test_s55_a_flag_is_true_or_false(ran, data, shown):
    assert shown in ran("fx_vars_number", "Booleans", data).output


def test_s56_s57_choices_are_submitted_by_value(ran, refusal):
    assert "'direction': 'n'" in ran("fx_vars_choice", "One", {"direction": "n"}).output
    assert "['n', 's']" in ran("fx_vars_choice", "Many", {"directions": ["n", "s"]}).output
    assert refusal("fx_vars_choice", "One", {"direction": "North"}) == {
        "direction": ["Select a valid choice. North is not one of the available choices."]
    }


def test_s65_an_uploaded_file_can_be_read(ran):
    run = ran("fx_file", "Reads", files={"upload": ("racks.csv", b"name\nr1\n")})

    assert run.messages()[0] == "racks.csv, 8 bytes, text/csv"


def test_s66_s67_s68_addresses_and_networks(ran, refusal):
    assert repr(netaddr.IPAddress("2001:db8::1")) in (
        ran("fx_vars_ip", "Addresses", {"address": "2001:db8::1"}).output
    )
    assert repr(netaddr.IPNetwork("192.0.2.7/24")) in (
        ran("fx_vars_ip", "WithMask", {"address": "192.0.2.7/24"}).output
    )
    assert refusal("fx_vars_ip", "Addresses", {"address": "192.0.2.1/24"})["address"] == [
        "This field requires an IP address without a mask."
    ]
    assert refusal("fx_vars_ip", "Networks", {"network": "192.0.2.7/24"})["network"] == [
        "192.0.2.7/24 is not a valid prefix. Did you mean 192.0.2.0/24?"
    ]
    assert "small" in refusal("fx_vars_ip", "Networks", {"small": "192.0.2.0/30"})


def test_s70_s71_run_takes_data_and_commit(ran):
    assert ran("fx_run_signature", "Both", commit=True).output == "\n{} True"
    assert ran("fx_run_signature", "Both", commit=False).output == "\n{} False"
    assert ran("fx_min", "OnlyRun").messages()[0] == "data is {}"


def test_s76_tests_follow_run_if_there_is_one(ran):
    assert ran("fx_min", "OnlyTests", commit=True).groups == ["test_first", "test_second"]
    assert ran("fx_order", "Ordered").groups[:2] == ["run", "test_z"]


@pytest.mark.parametrize("name", ["InRun", "InSecondTest", "SystemExitInTest"])
def test_s79_s80_post_run_follows_whatever_happened(ran, name):
    assert ran("fx_raise", name).messages(grouping="post_run") == ["failed: True; status: errored"]
    assert ran("fx_min", "OnlyPostRun").messages(grouping="post_run") == ["the end"]


def test_s82_s85_s86_the_logging_methods_and_their_arguments(ran):
    rows = ran("fx_logging", "AllCalls").rows
    counted = [row for row in rows if row.level != "default"]

    assert {row.level for row in rows} == {"default", "success", "info", "warning", "failure"}
    assert all(row.object_text is None and row.object_url is None for row in rows if row.level == "default")
    assert {row.object_text for row in counted} == {None, "thing", "other"}


def test_s83_a_failure_message_flags_the_run(ran):
    run = ran("fx_fail_flag", "LogsFailure", commit=True)

    assert (run.status, run.reason, run.is_committed) == ("failed", "failure_logged", True)


def test_s84_each_message_counts(ran):
    run = ran("fx_logging", "AllCalls", commit=True)

    assert run.counts["failure"] == 1
    assert run.counts["success"] == 4


def test_s91_s92_data_files_beside_the_job(ran):
    assert ran("fx_data_files", "Beside").messages()[0].startswith("{")
    assert ran("fx_data_files", "FromRoot").status == "completed"
    for outside in ("../plugins/fx_plugin/__init__.py", "/etc/passwd"):
        assert "PermissionError" in str(ran("fx_data_files", "Escapes", {"filename": outside}))


def test_s109_the_star_import_brings_the_job_api(load):
    module = load("from nautobot.extras.jobs import *\nfrom django.utils.text import slugify\n")

    assert {"Job", "StringVar", "ObjectVar", "IPNetworkVar"} <= set(vars(module))


def test_jobs_of_a_repository_load_the_same_way_for_a_test(tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "one.py").write_text("from jobyard import Job\n\n\nclass One(Job):\n    pass\n")

    assert load_jobs(tmp_path / "jobs" / "one.py").One.class_path == "local/one/One"
