"""Meta resolution, what a class becomes as a spec, and which classes are listed (§1.3, §3, §4)."""

from __future__ import annotations

import json

import pytest

from jobyard import Job
from jobyard.description import describe_job
from jobyard.errors import InvalidDeclaration
from jobyard.meta import resolve_meta
from jobyard.spec import JobSpec, LoadError, ModuleReport, VariableSpec

PREAMBLE = "from nautobot.extras.jobs import *\nfrom nautobot.extras.jobs import BaseJob, JSONVar\n"


class TestMeta:
    def test_s31_all_attributes_are_optional(self, fx):
        meta = resolve_meta(fx("fx_min", "OnlyRun"))

        assert (meta.name, meta.description, meta.commit_default) == ("OnlyRun", "", True)
        assert (meta.read_only, meta.hidden, meta.approval_required) == (False, False, False)
        assert (meta.soft_time_limit, meta.time_limit, meta.task_queues) == (0, 0, [])
        assert (meta.has_sensitive_variables, meta.scheduling_enabled) == (True, True)
        assert (meta.field_order, meta.fieldsets, meta.warnings) == ([], None, [])

    def test_every_attribute(self, fx):
        meta = resolve_meta(fx("fx_meta", "Everything"))

        assert meta.name == "Every attribute"
        assert meta.description == "# Heading\n\nThe second line, and\n  an indented one."
        assert (meta.commit_default, meta.read_only, meta.hidden) == (False, True, True)
        assert (meta.soft_time_limit, meta.time_limit) == (20, 30)
        assert (meta.has_sensitive_variables, meta.approval_required) == (False, True)
        assert (meta.field_order, meta.task_queues) == (["b", "a"], ["fast", "slow"])
        assert meta.fieldsets == [["Names", ["a"]], ["Rest", ["b"]]]
        assert meta.scheduling_enabled is False

    @pytest.mark.parametrize(
        ("options", "meta", "default"),
        [
            ("", "dryrun_default = True", True),
            ("", "dryrun_default = False", None),
            ("", "pass", None),
            ("default=False", "dryrun_default = True", False),
        ],
    )
    def test_the_dry_run_flag_of_2x_begins_as_meta_says(self, inspect_source, options, meta, default):
        text = (
            "from nautobot.apps.jobs import DryRunVar, Job\n"
            f"class J(Job):\n    dryrun = DryRunVar({options})\n    class Meta:\n        {meta}\n"
        )

        (job,) = inspect_source({"m.py": text})["m"].jobs

        assert (job.variables[0].has_default, job.variables[0].default) == (default is not None, default)
        assert job.warnings == ["J has variables but no run(), so nothing reads what users enter."]

    def test_rule_2_class_attributes_of_the_right_type_beat_meta(self, fx):
        meta = resolve_meta(fx("fx_meta", "Shadowed"))

        assert (meta.name, meta.description, meta.hidden) == ("From the class", "Also from the class", True)
        assert meta.soft_time_limit == 5  # the class has text there

    def test_rule_2_holds_for_inherited_class_attributes_too(self, load):
        module = load(
            PREAMBLE
            + "class A(Job):\n    description = 'A'\n"
            + "class B(A):\n    class Meta:\n        description = 'B'\n"
        )

        assert resolve_meta(module.B).description == "A"

    def test_meta_follows_python(self, fx):
        assert resolve_meta(fx("fx_meta", "KeepsMeta")).time_limit == 30
        assert resolve_meta(fx("fx_meta", "InheritsMeta")).time_limit == 30
        assert resolve_meta(fx("fx_meta", "InheritsMeta")).name == "Inherited"
        assert resolve_meta(fx("fx_meta", "LosesMeta")).time_limit == 0

    def test_a_variable_called_name_is_no_name(self, ran, fx):
        assert resolve_meta(fx("fx_meta", "VarCalledName")).name == "Shown name"
        assert ran("fx_meta", "VarCalledName").messages()[0] == "x Shown name"

    def test_values_of_a_wrong_type_are_replaced_and_named(self, fx):
        meta = resolve_meta(fx("fx_meta", "WrongType"))

        assert (meta.name, meta.hidden, meta.time_limit, meta.task_queues) == ("WrongType", False, 0, [])
        assert meta.fieldsets is None
        assert meta.warnings == [
            f"Meta.{name} of WrongType has a wrong type; its default is used."
            for name in ("name", "hidden", "time_limit", "task_queues", "fieldsets")
        ]

    def test_fieldsets_keep_variables_each_in_its_first_group(self, describe):
        spec = describe(
            f"{PREAMBLE}class J(Job):\n    a = StringVar()\n    b = StringVar()\n"
            "    def run(self, data, commit): pass\n"
            "    class Meta:\n"
            "        fieldsets = (('', ('b', 'gone', 'b')), ('Rest', ['a', 'b', '_commit']), ('None', ()))\n"
        )

        assert spec.fieldsets == [["", ["b"]], ["Rest", ["a"]]]
        assert spec.warnings == ["Meta.fieldsets names gone, which is no variable."]

    def test_script_order_is_the_order_of_the_list(self, inspect_source):
        report = inspect_source(
            {
                "example.py": f"{PREAMBLE}class A(Job): pass\nclass B(Job): pass\nclass C(Job): pass\n"
                "class Z(BaseJob): pass\nscript_order = (C, Z, None, B, C)\n"
            }
        )["example"]

        assert [(job.class_name, job.position) for job in report.jobs] == [("C", 0), ("B", 1), ("A", 2)]

    def test_a_script_order_of_a_wrong_type_is_ignored(self, inspect_source):
        text = f"{PREAMBLE}class B(Job): pass\nclass A(Job): pass\nscript_order = "
        reports = inspect_source({"a.py": text + "B", "b.py": text + "[]"})

        assert [[job.class_name for job in reports[name].jobs] for name in "ab"] == [["A", "B"]] * 2
        assert {job.position for report in reports.values() for job in report.jobs} == {0}
        assert reports["a"].warnings == ["script_order is ignored: it is type, not a list of classes."]
        assert reports["b"].warnings == []

    def test_job_timeout_of_older_scripts(self, fx):
        assert resolve_meta(fx("fx_meta", "OldTimeout")).time_limit == 90

    def test_a_lazily_translated_text_is_text(self, load):
        module = load(
            PREAMBLE
            + "from django.utils.translation import gettext_lazy\n"
            + "class J(Job):\n    class Meta:\n        name = gettext_lazy('Later')\n"
        )

        assert resolve_meta(module.J).name == "Later"

    def test_values_are_on_class_and_instance(self, fx):
        cls = fx("fx_meta", "Everything")

        assert (cls.name, cls().name, str(cls())) == ("Every attribute",) * 3
        assert (cls.time_limit, cls().hidden, cls.description_first_line) == (30, True, "# Heading")
        assert cls.grouping == "fx_meta"


class TestIdentity:
    def test_identifiers_are_derived_from_the_class_path(self, fx):
        cls = fx("fx-hyphen", "OddFileName")

        assert cls.class_path == "local/fx-hyphen/OddFileName"
        assert cls.class_path_dotted == "local.fx-hyphen.OddFileName"
        assert cls.class_path_js_escaped == r"local\/fx-hyphen\/OddFileName"
        assert cls.file_path == "fx-hyphen.py"
        assert cls.slug == "local-fx-hyphen-oddfilename"
        assert cls.source.startswith("class OddFileName(Job):")

    def test_of_a_git_source(self, make_source):
        loader = make_source(
            {"jobs/a.py": PREAMBLE + "class J(Job): pass"}, source="git.net", job_path="jobs"
        )
        cls = loader.load("a").J

        assert (cls.class_path, cls.file_path, cls.grouping) == ("git.net/a/J", "jobs/a.py", "a")
        assert cls.class_path_js_escaped == r"git\.net\/a\/J"

    def test_of_a_class_of_no_source(self):
        assert describe_job(type("Loose", (Job,), {})).module == "test_description"

    def test_s28_the_heading_is_the_modules_name(self, fx):
        assert fx("fx_module_name", "One").grouping == "A heading of its own"
        assert fx("fx_min", "OnlyRun").grouping == "fx_min"

    @pytest.mark.parametrize(
        ("init", "sub", "heading"),
        [
            ("", "", "pkg"),
            ("name = 'P'", "", "P"),
            ("name = 'P'", "name = 'S'", "S"),
            ("name = 5", "", "pkg"),
        ],
    )
    def test_the_heading_of_a_package(self, make_source, init, sub, heading):
        files = {
            "pkg/__init__.py": f"{init}\nfrom .sub import J",
            "pkg/sub.py": f"{PREAMBLE}{sub}\nclass J(Job): pass",
        }

        assert make_source(files).load("pkg").J.grouping == heading


class TestSpec:
    def test_a_spec_survives_json(self, fx):
        for module, name in (
            ("fx_script", "EveryVariable"),
            ("fx_meta", "Everything"),
            ("fx_order", "Ordered"),
        ):
            spec = describe_job(fx(module, name))
            assert JobSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec

    def test_keys_of_newer_versions_are_skipped(self):
        value = JobSpec(module="m", class_name="C", name="C", grouping="m").to_json()
        value |= {"new": 1, "variables": [{"name": "v", "type": "T", "kind": "K", "label": "V", "new": 2}]}

        spec = JobSpec.from_json(value)

        assert spec.variables == [VariableSpec(name="v", type="T", kind="K", label="V")]

    def test_a_report_survives_json(self):
        report = ModuleReport(
            module="m",
            path="m.py",
            jobs=[JobSpec(module="m", class_name="C", name="C", grouping="m")],
            error=LoadError(message="X: y", path="m.py", line=3, traceback="t"),
            warnings=["w"],
        )

        assert ModuleReport.from_json(json.loads(json.dumps(report.to_json()))) == report

    @pytest.mark.parametrize(
        ("name", "order"),
        [
            ("Ordered", "c a b"),
            ("Partial", "b a c"),
            ("UnknownNames", "c a b"),
            ("NoOrder", "a b c"),
            ("WithFile", "upload a b c"),
        ],
    )
    def test_s36_s37_the_form_order(self, fx, name, order):
        spec = describe_job(fx("fx_field_order", name))

        assert [variable.name for variable in spec.ordered_variables] == order.split()

    @pytest.mark.parametrize(
        ("module", "name", "expected"),
        [
            ("fx_min", "OnlyRun", (True, False, [])),
            ("fx_min", "OnlyTests", (False, False, ["test_first", "test_second"])),
            ("fx_min", "OnlyPostRun", (False, True, [])),
            ("fx_min", "Nothing", (False, False, [])),
            ("fx_script", "NoRun", (False, False, [])),
            ("fx_report", "TwoTests", (False, False, ["test_one", "test_two"])),
            ("fx_order", "Removed", (False, False, ["test_base_two", "test_late"])),
            ("fx_apps_jobs", "Greets", (True, False, [])),
        ],
    )
    def test_which_methods_there_are(self, fx, module, name, expected):
        spec = describe_job(fx(module, name))

        assert (spec.has_run, spec.has_post_run, spec.test_methods) == expected

    @pytest.mark.parametrize(
        ("module", "name", "style"),
        [
            ("fx_min", "OnlyRun", "job"),
            ("fx_script", "NoRun", "script"),
            ("fx_report", "TwoTests", "report"),
            ("fx_netbox_script", "Old", "netbox-script"),
            ("fx_netbox_report", "Checks", "netbox-report"),
            ("fx_apps_jobs", "Greets", "apps-job"),
        ],
    )
    def test_the_style(self, fx, module, name, style):
        assert describe_job(fx(module, name)).style == style

    def test_receivers_are_told_apart(self, load):
        module = load(
            PREAMBLE
            + "from nautobot.extras.jobs import JobHookReceiver, JobButtonReceiver\n"
            + "class Hook(JobHookReceiver): pass\nclass Button(JobButtonReceiver): pass\n"
        )
        hook, button = describe_job(module.Hook), describe_job(module.Button)

        assert (hook.is_job_hook_receiver, hook.is_job_button_receiver) == (True, False)
        assert (button.is_job_hook_receiver, button.is_job_button_receiver) == (False, True)
        assert [variable.name for variable in hook.variables] == ["object_change"]
        assert [variable.name for variable in button.variables] == ["object_pk", "object_model_name"]

    def test_place_and_line(self, fx):
        spec = describe_job(fx("fx_multi.parts", "InPart"))

        assert (spec.module, spec.path, spec.line) == ("fx_multi.parts", "fx_multi/parts.py", 10)

    def test_s46_to_s49_options_of_variables(self, fx):
        text = describe_job(fx("fx_defaults", "Given")).variables[0]

        assert (text.label, text.description, text.default, text.has_default) == (
            "Label",
            "Help",
            "rack",
            True,
        )

    def test_defaults_are_in_their_queued_form(self, fx):
        defaults = {item.name: item.default for item in describe_job(fx("fx_defaults", "Given")).variables}

        assert defaults == {"text": "rack", "number": 7, "one": "b", "many": ["a"], "structure": {"a": [1]}}

    def test_false_defaults_are_defaults(self, fx):
        assert all(variable.has_default for variable in describe_job(fx("fx_defaults", "Falsy")).variables)
        assert not any(
            variable.has_default for variable in describe_job(fx("fx_defaults", "Empties")).variables
        )

    def test_a_secret_default_is_never_in_the_spec(self, describe):
        spec = describe(
            PREAMBLE
            + "from django.forms import PasswordInput\n"
            + "class J(Job):\n    key = StringVar(widget=PasswordInput, default='swordfish', max_length=3)\n"
        )

        assert (spec.variables[0].secret, spec.variables[0].has_default) == (True, True)
        assert "swordfish" not in json.dumps(spec.to_json())

    def test_query_parameters_are_plain(self, fx):
        site = describe_job(fx("fx_vars_object", "Filtered")).variables[1]

        assert site.query_params == {"region_id": "$region", "status": ["active", "planned"]}
        assert (site.model, site.display_field) == ("dcim.site", "slug")


class TestWarnings:
    @pytest.mark.parametrize(
        ("body", "warning"),
        [
            ("v = StringVar()", "J has variables but no run(), so nothing reads what users enter."),
            (
                "log = StringVar()\n    def run(self, data, commit): pass",
                "J.log is a variable that hides a method or attribute of Job; rename it.",
            ),
            (
                "run = StringVar()",
                "J.run is a variable that hides a method or attribute of Job; rename it.",
            ),
            ("template_name = 'x.html'", "J.template_name is ignored: forms are made from the variables."),
            ("def as_form(self): pass", "J.as_form() is never called: forms are made from the variables."),
            (
                "class Meta:\n        descripton = 'x'",
                "Meta.descripton of J is not known; did you mean description?",
            ),
            (
                "class Meta:\n        name = 'x' * 101",
                "The name is longer than 100 characters; the rest is cut off.",
            ),
            (
                "class Meta:\n        description = 'x' * 10001",
                "The description is longer than 10000 characters; the rest is cut off.",
            ),
            (
                "def __init__(self):\n        raise ValueError('no')",
                "J cannot be instantiated, so its runs fail: no",
            ),
            (
                "def __init__(self):\n        raise SystemExit(3)",
                "J cannot be instantiated, so its runs fail: 3",
            ),
            (
                "def run(self, data, commit): pass\n    v = StringVar(default='abcd', max_length=3)",
                "The default of J.v is refused: Ensure this value has at most 3 characters (it has 4).",
            ),
            (
                "def run(self, data, commit): pass\n    v = StringVar(default=lambda: 1 / 0)",
                "The default of J.v cannot be computed: division by zero",
            ),
            (
                "def run(self, data, commit): pass\n    v = ChoiceVar(choices=[('a', 'A'), ('a', 'B')])",
                "J.v has several choices of one value; only the value reaches the job.",
            ),
            (
                "def run(self, data, commit): pass\n    v = ChoiceVar(choices=[(n, n) for n in range(501)])",
                "J.v has more than 500 choices; only the first ones are offered.",
            ),
            (
                "def run(self, data, commit): pass\n    v = ObjectVar(model='dcim.SoftwareVersion')",
                "J.v: jobyard has no model dcim.softwareversion, so this variable cannot be filled in.",
            ),
        ],
    )
    def test_what_looks_wrong_is_told_to_the_author(self, describe, body, warning):
        assert describe(f"{PREAMBLE}class J(Job):\n    {body}\n").warnings == [warning]

    def test_a_queryset_without_model_is_told(self, fx):
        (warning,) = describe_job(fx("fx_vars_object", "ByQueryset")).warnings

        assert warning == "ByQueryset.site has a queryset but no model; the model of the query set is used."

    @pytest.mark.parametrize("name", ["name", "description", "hidden", "source", "slug", "grouping"])
    def test_common_names_of_variables_are_fine(self, describe, name):
        text = f"{PREAMBLE}class J(Job):\n    {name} = StringVar()\n    def run(self, data, commit): pass\n"

        assert describe(text).warnings == []

    def test_good_jobs_have_no_warnings(self, fx):
        for module, name in (
            ("fx_meta", "Everything"),
            ("fx_script", "EveryVariable"),
            ("fx_order", "Ordered"),
        ):
            assert describe_job(fx(module, name)).warnings == []


class TestCaps:
    """LD-07: a hostile or careless class makes a small spec, or an error that names the field."""

    def test_texts_are_cut(self, describe):
        spec = describe(
            PREAMBLE
            + "name = 'g' * 1000\n"
            + "class J(Job):\n"
            + "    v = StringVar(label='l' * 10**6, description='d' * 10**6)\n"
            + "    class Meta:\n        name = 'n' * 10**6\n        description = 'd' * 10**6\n"
        )

        assert (len(spec.name), len(spec.description), len(spec.grouping)) == (100, 10_000, 200)
        assert (len(spec.variables[0].label), len(spec.variables[0].description)) == (200, 10_000)

    def test_a_million_choices_are_cut(self, describe):
        spec = describe(
            f"{PREAMBLE}class J(Job):\n    v = ChoiceVar(choices=((n, n) for n in range(10**6)))\n"
        )

        assert len(spec.variables[0].choices) == 500

    def test_groups_share_the_cap(self, describe):
        groups = "[(g, [(f'{g}{n}', n) for n in range(300)]) for g in 'abc']"
        spec = describe(f"{PREAMBLE}class J(Job):\n    v = ChoiceVar(choices={groups})\n")

        assert [len(pairs) for _, pairs in spec.variables[0].choices] == [300, 200]

    def test_names_of_many_lines_become_one(self, describe):
        assert describe(f"{PREAMBLE}class J(Job):\n    class Meta:\n        name = 'a\\n  b'\n").name == "a b"

    @pytest.mark.parametrize("text", [r"\x00", r"\ud800"])
    def test_what_no_database_can_keep_is_replaced(self, describe, text):
        spec = describe(
            f"{PREAMBLE}class J(Job):\n"
            f"    v = StringVar(description='a{text}b', default='a{text}b')\n"
            f"    w = ChoiceVar(choices=[('a{text}', 'b{text}')])\n"
            f"    x = JSONVar(default={{'a{text}': ['{text}']}})\n"
            f"    class Meta:\n        description = '{text}'\n"
        )

        written = json.dumps(spec.to_json(), ensure_ascii=False)
        assert written.encode()
        assert "\\u0000" not in written

    @pytest.mark.parametrize("name", ["_commit", "_task_queue", "_profile", "_schedule_type"])
    def test_reserved_names_are_refused(self, load, name):
        module = load(f"{PREAMBLE}class J(Job):\n    {name} = StringVar()\n")

        with pytest.raises(InvalidDeclaration, match=f"J.{name}: this name of a variable is reserved"):
            describe_job(module.J)

    @pytest.mark.parametrize(
        "declaration",
        [
            "ChoiceVar(choices=lambda: 1 / 0)",
            "ChoiceVar(choices=['ab'])",
            "ChoiceVar(choices=[('x' * 5000, 'X')])",
            "StringVar(label=Mute())",
        ],
    )
    def test_what_cannot_be_described_names_class_and_variable(self, load, declaration):
        module = load(
            f"{PREAMBLE}class Mute:\n    def __str__(self): raise ValueError('mute')\n"
            f"class J(Job):\n    v = {declaration}\n"
        )

        with pytest.raises(InvalidDeclaration, match=r"J\.v "):
            describe_job(module.J)

    @pytest.mark.parametrize(
        "body",
        [
            "v = JSONVar(default={'a': 'x' * 10**6})",
            "class Meta:\n        field_order = ['x' * 10**6]",
            "class Meta:\n        task_queues = ['x' * 10**6]",
        ],
    )
    def test_a_description_that_is_too_large_is_refused(self, load, body):
        module = load(f"{PREAMBLE}class J(Job):\n    {body}\n")

        with pytest.raises(InvalidDeclaration, match="J has a description of"):
            describe_job(module.J)

    def test_a_class_name_that_is_too_long_is_refused(self, load):
        module = load(f"{PREAMBLE}class {'J' * 101}(Job): pass\n")

        with pytest.raises(InvalidDeclaration, match="is no name for a job class"):
            describe_job(getattr(module, "J" * 101))
