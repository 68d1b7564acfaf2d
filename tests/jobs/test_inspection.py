"""Which classes are jobs, and what is said about modules that cannot be loaded (§1.2, §1.3, G3)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.jobs.fakes import write_files

from jobyard import compat
from jobyard.discovery import ModuleFile, find_modules, folder_warnings
from jobyard.errors import InitializationError
from jobyard.inspection import describe_module, describe_plugin
from jobyard.job_classes import find_job_class
from jobyard.loader import PluginLoader

JOB = "from nautobot.extras.jobs import *\n"


def names(report):
    assert report.error is None, report.error
    return [(job.module, job.class_name) for job in report.jobs]


class TestDiscovery:
    def test_m1_each_python_file_is_a_module(self, tmp_path):
        write_files(tmp_path, {"a.py": "", "my-job.py": "", "__init__.py": "", "notes.txt": "", "b.pyc": ""})

        assert find_modules(tmp_path, "") == [ModuleFile("a", "a.py"), ModuleFile("my-job", "my-job.py")]

    def test_m2_a_package_is_a_module(self, tmp_path):
        write_files(tmp_path, {"jobs/pkg/__init__.py": "", "jobs/data/x.py": "", "jobs/both.py": ""})
        write_files(tmp_path, {"jobs/both/__init__.py": ""})

        assert find_modules(tmp_path, "jobs") == [
            ModuleFile("both", "jobs/both/__init__.py"),
            ModuleFile("pkg", "jobs/pkg/__init__.py"),
        ]

    @pytest.mark.parametrize("name", ["a b", "a.b", "a\tb", " ", "a\x07"])
    def test_names_with_dots_or_white_space_are_no_modules(self, tmp_path, name):
        (tmp_path / f"{name}.py").write_text("")

        assert find_modules(tmp_path, "") == []
        assert f"{name}.py is no job module" in folder_warnings(tmp_path, "")[1]

    def test_a_missing_folder_holds_nothing(self, tmp_path):
        assert find_modules(tmp_path, "jobs") == []
        assert folder_warnings(tmp_path, "jobs") == []

    def test_m3_a_missing_init_is_a_warning(self, tmp_path):
        write_files(tmp_path, {"jobs/a.py": ""})
        assert folder_warnings(tmp_path, "jobs") == [
            "jobs has no __init__.py; its jobs are listed all the same."
        ]

        write_files(tmp_path, {"jobs/__init__.py": ""})
        assert folder_warnings(tmp_path, "jobs") == []


class TestJobClasses:
    def test_jobs_are_listed_by_class_name(self, inspect_source):
        report = inspect_source({"m.py": f"{JOB}class B(Job): pass\nclass A(Job): pass\n"})["m"]

        assert names(report) == [("m", "A"), ("m", "B")]

    def test_our_own_bases_are_no_jobs(self, inspect_source):
        text = """
            from nautobot.extras.jobs import Job, BaseJob, JobHookReceiver, JobButtonReceiver
            from nautobot.extras.scripts import Script, BaseScript
            from nautobot.extras.reports import Report
            from extras.scripts import Script as Script2
            from extras.reports import Report as Report2
            from nautobot.apps.jobs import Job as Job2, JobHookReceiver as Receiver2
            class OnlyABase(BaseJob): pass
        """

        assert names(inspect_source({"m.py": text})["m"]) == []

    def test_intermediate_classes_are_listed(self, inspect_source):
        text = f"{JOB}class Base(Job): pass\nclass Child(Base): pass\n"

        assert names(inspect_source({"m.py": text})["m"]) == [("m", "Base"), ("m", "Child")]

    def test_x27_an_imported_job_is_listed_once_where_it_is_defined(self, inspect_source):
        reports = inspect_source(
            {"a.py": f"{JOB}class J(Job): pass", "b.py": "from a import J\nfrom .a import J as K"}
        )

        assert names(reports["a"]) == [("a", "J")]
        assert names(reports["b"]) == []

    def test_classes_of_submodules_are_listed_where_the_package_shows_them(self, fixtures):
        report = describe_module(fixtures, ModuleFile("fx_multi", "fx_multi/__init__.py"))

        assert names(report) == [("fx_multi", "InPackage"), ("fx_multi.parts", "InPart")]

    def test_two_names_for_one_class_are_one_job(self, inspect_source):
        assert names(inspect_source({"m.py": f"{JOB}class J(Job): pass\nK = J\n"})["m"]) == [("m", "J")]

    def test_a_second_class_of_one_name_is_a_warning(self, inspect_source):
        text = f"{JOB}class J(Job): pass\nFirst = J\nclass J(Job): description = 'second'\n"
        report = inspect_source({"m.py": text})["m"]

        assert names(report) == [("m", "J")]
        assert report.warnings == [
            "A second class called J cannot be told from the first one and is not listed.",
        ]

    def test_a_module_without_jobs_is_fine(self, inspect_source):
        assert names(inspect_source({"helpers.py": "X = 1"})["helpers"]) == []

    def test_a_class_that_cannot_be_described_is_an_error_of_its_module(self, inspect_source):
        text = f"{JOB}class Good(Job): pass\nclass J(Job):\n    _commit = StringVar()\n"
        report = inspect_source({"m.py": text})["m"]

        assert report.jobs == []
        assert report.error.message == (
            "InvalidDeclaration: J._commit: this name of a variable is reserved; choose another"
        )
        assert report.error.path == "m.py"

    def test_too_many_jobs_are_cut(self, inspect_source):
        text = f"{JOB}for n in range(2005):\n    globals()[f'J{{n}}'] = type(f'J{{n}}', (Job,), {{}})\n"
        report = inspect_source({"m.py": text})["m"]

        assert len(report.jobs) == 2000
        assert report.warnings == ["Only the first 2000 jobs of this module are listed."]

    def test_a_module_named_like_a_library_is_told_how_to_be_reached(self, fixtures):
        report = describe_module(fixtures, ModuleFile("json", "json.py"))

        assert names(report) == [("json", "NamedLikeALibrary")]
        (warning,) = report.warnings
        assert warning.startswith("Elsewhere, import json means the library of that name;")
        assert warning.endswith("from . import json")

    @pytest.mark.parametrize(("name", "warnings"), [("5", 1), ("['x']", 1), ("'text'", 0), ("''", 0)])
    def test_a_name_that_is_no_text_is_ignored(self, inspect_source, name, warnings):
        report = inspect_source({"m.py": f"{JOB}name = {name}\nclass J(Job): pass\n"})["m"]

        assert len(report.warnings) == warnings
        assert report.jobs[0].grouping == ("text" if name == "'text'" else "m")


class TestFindingAgain:
    @pytest.mark.parametrize(
        "class_path",
        [
            "local/fx_min/OnlyRun",
            "local/fx-hyphen/OddFileName",
            "local/fx_multi/InPackage",
            "local/fx_multi.parts/InPart",
        ],
    )
    def test_a_class_path_leads_to_its_class(self, fixtures, class_path):
        assert find_job_class(fixtures, class_path).class_path == class_path

    def test_a_class_that_only_the_package_knows_is_found(self, make_source):
        loader = make_source(
            {
                "pkg/__init__.py": "from . import sub\nJ = sub.make()",
                "pkg/sub.py": f"{JOB}def make():\n    return type('J', (Job,), {{'__module__': __name__}})\n",
            }
        )

        assert find_job_class(loader, "local/pkg.sub/J").__name__ == "J"

    @pytest.mark.parametrize(
        "class_path",
        ["local/fx_min/Gone", "local/fx_gone/OnlyRun", "local/fx_shared/Job", "local/fx_min/onlyrun"],
    )
    def test_a_missing_class_is_told(self, fixtures, class_path):
        with pytest.raises(InitializationError, match=f'^Unable to locate job "{class_path}" to run it!$'):
            find_job_class(fixtures, class_path)

    def test_an_import_that_the_module_misses_is_its_own_error(self, make_source):
        with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
            find_job_class(make_source({"m.py": "import nothing_of_that_name"}), "local/m/J")


def error_of(reports, module="m"):
    error = reports[module].error
    assert error is not None
    assert "source0" not in error.traceback
    assert ":" not in error.path
    return error


class TestBrokenModules:
    @pytest.mark.parametrize(
        ("text", "message", "line"),
        [
            (
                "import netmiko",
                "ModuleNotFoundError: needs the package netmiko, which is not installed here",
                1,
            ),
            (
                "\nfrom jnpr.junos import Device",
                "ModuleNotFoundError: needs the package jnpr (distribution junos-eznc), which is not",
                2,
            ),
            (
                "import yaml.nothing",
                "ModuleNotFoundError: the package PyYAML is installed here, but has no module yaml.nothing",
                1,
            ),
            (
                "import nautobot_bgp_models.models",
                "ModuleNotFoundError: needs the plugin nautobot_bgp_models, which is not installed here",
                1,
            ),
            (
                "from dcim.models import SoftwareVersion",
                "ImportError: jobyard has no model dcim.SoftwareVersion",
                1,
            ),
            ("from nautobot.dcim.models import A", "ImportError: jobyard has no model dcim.A", 1),
            (
                "from dcim import models\nmodels.SoftwareVersion",
                "AttributeError: jobyard has no model dcim.SoftwareVersion",
                2,
            ),
            (
                "from nautobot.dcim.tables import DeviceTable",
                "ModuleNotFoundError: jobyard has no module nautobot.dcim.tables",
                1,
            ),
            (
                "import wireless.models",
                "ModuleNotFoundError: jobyard has no module wireless.models",
                1,
            ),
            (
                "from nautobot.extras.jobs import Nope",
                "ImportError: jobyard has no nautobot.extras.jobs.Nope",
                1,
            ),
            ("from nautobot.extras import nope", "ImportError: jobyard has no nautobot.extras.nope", 1),
            ("from . import nothing", "ImportError: this source has no name nothing", 1),
            ("from .nothing import x", "ModuleNotFoundError: this source has no module nothing", 1),
            ("from helpers import nothing", "ImportError: helpers has no name nothing", 1),
            (
                "from nautobot.extras.jobs import run_job",
                "ImportError: nautobot.extras.jobs.run_job is not provided: starting other jobs from",
                1,
            ),
            ("x = (\n", "SyntaxError: '(' was never closed", 1),
            ("def f():\nreturn 1", "IndentationError: expected an indented block", 2),
            ("\n\n1 / 0", "ZeroDivisionError: division by zero", 3),
            ("raise SystemExit(3)", "SystemExit: 3", 1),
            ("import sys\nsys.exit()", "SystemExit", 2),
            ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
            ("raise GeneratorExit", "GeneratorExit", 1),
            ("raise BaseException('x')", "BaseException: x", 1),
            ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E: E", 3),
            ("import helpers\nhelpers.fails()", "ValueError: in the helper", 3),
            ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded", 1),
            ("raise ValueError('x' * 10**6)", "ValueError: xxx", 1),
            ("raise ValueError('a\\x00\\ud800')", "ValueError: a�?", 1),
            (f"{JOB}class J(Job):\n    o = ObjectVar()\n", "TypeError: ObjectVar must specify a model", 3),
        ],
    )
    def test_the_error_says_what_and_where(self, inspect_source, text, message, line):
        reports = inspect_source(
            {"m.py": text, "helpers.py": "def fails():\n\n    raise ValueError('in the helper')\n"}
        )

        error = error_of(reports)
        assert error.message.startswith(message)
        assert len(error.message) <= 2000
        assert len(error.traceback) <= 20_000
        assert error.line == line
        assert error.path == ("helpers.py" if "fails" in text else "m.py")
        assert reports["helpers"].error is None

    @pytest.mark.parametrize(
        "text",
        ["x = " + "lambda: " * 20_000 + "1", "def f(a):\n    return a" + ".b" * 20_000],
        ids=["parser", "compiler"],
    )
    def test_code_that_is_too_deep_for_python_is_told_in_words(self, inspect_source, text):
        reports = inspect_source({"m.py": text, "helpers.py": ""})

        error = error_of(reports)
        assert error.message == "SyntaxError: the code is nested more deeply than Python can read"
        assert (error.path, error.line) == ("m.py", 1)
        assert max(len(line) for line in error.traceback.splitlines()) < 400
        assert reports["helpers"].error is None

    def test_a_parser_that_loses_count_hides_the_line_of_a_class_and_nothing_else(
        self, inspect_source, monkeypatch
    ):
        def parse(text):
            raise SystemError("AST constructor recursion depth mismatch (before=118, after=96)")

        monkeypatch.setattr("jobyard.source_lines.ast.parse", parse)

        report = inspect_source({"m.py": f"{JOB}class J(Job):\n    pass\n"})["m"]

        assert names(report) == [("m", "J")]
        assert report.jobs[0].line == 0

    def test_long_lines_of_code_are_cut_in_a_traceback(self, inspect_source):
        error = error_of(inspect_source({"m.py": "x = [" + "1, " * 5_000 + "1 / 0]"}))

        assert max(len(line) for line in error.traceback.splitlines()) < 400
        assert error.traceback.endswith("ZeroDivisionError: division by zero")

    def test_an_error_in_a_sibling_names_the_siblings_place(self, inspect_source):
        reports = inspect_source({"m.py": "\nimport broken", "broken.py": "\n\nx = (\n"})

        error = error_of(reports)
        assert (error.path, error.line) == ("broken.py", 3)
        assert "  m.py:2, in <module>\n    import broken\n" in error.traceback
        assert error_of(reports, "broken").message == "SyntaxError: '(' was never closed"

    def test_the_traceback_shows_the_source_only(self, inspect_source):
        text = "import json\ndef parse():\n    return json.loads('{')\nparse()\n"

        error = error_of(inspect_source({"m.py": text}))

        assert error.traceback.splitlines()[:5] == [
            "Traceback (most recent call last):",
            "  m.py:4, in <module>",
            "    parse()",
            "  m.py:3, in parse",
            "    return json.loads('{')",
        ]
        assert "decoder.py" not in error.traceback
        assert (error.path, error.line) == ("m.py", 3)

    def test_causes_are_shown_too(self, inspect_source):
        text = "try:\n    1 / 0\nexcept ZeroDivisionError as exc:\n    raise ValueError('outer') from exc\n"

        error = error_of(inspect_source({"m.py": text}))

        assert "ZeroDivisionError: division by zero" in error.traceback
        assert error.message == "ValueError: outer"

    def test_no_place_of_this_machine_and_no_private_name_is_shown(self, inspect_source, tmp_path):
        texts = [
            "from .helpers import nothing",
            "from . import x",
            "import nope",
            "1/0",
            "x = (",
            "raise ValueError(__file__)",
        ]
        for text in texts:
            for source in ("local", "git.netops"):
                error = error_of(inspect_source({"m.py": text, "helpers.py": ""}, source=source))
                shown = f"{error.message} {error.traceback} {error.path}"
                assert str(tmp_path) not in shown
                assert sys.prefix not in shown
                assert f"{source.replace('.', ':')}:" not in shown

    def test_neighbours_of_a_broken_module_are_described(self, inspect_source):
        reports = inspect_source({"a.py": "1/0", "b.py": f"{JOB}class J(Job): pass", "c.py": "exit(1)"})

        assert [reports[name].error is None for name in "abc"] == [False, True, False]

    def test_m3_an_init_that_raises_is_told_with_each_module(self, inspect_source):
        files = {"jobs/__init__.py": "\n1 / 0", "jobs/m.py": f"{JOB}class J(Job): pass"}
        report = inspect_source(files, source="git.x", job_path="jobs")["m"]

        assert names(report) == [("m", "J")]
        assert report.warnings == [
            "jobs/__init__.py is taken as empty, because it raises ZeroDivisionError: division by zero, line 2",  # noqa: E501
        ]

    def test_a_link_out_of_the_source_is_told(self, make_source, tmp_path):
        (tmp_path / "outside.py").write_text("")
        loader = make_source({})
        loader.root.mkdir(exist_ok=True)
        (loader.root / "link.py").symlink_to(tmp_path / "outside.py")

        report = describe_module(loader, ModuleFile("link", "link.py"))

        assert report.error.message == "OutsideSource: link is a link that leads out of the source"
        assert report.error.path == "link.py"

    def test_without_a_host_models_are_missing_in_words(self, inspect_source, monkeypatch):
        monkeypatch.setattr(compat, "_provided", {})
        monkeypatch.setattr(compat, "_packages", {})

        reports = inspect_source({"m.py": "from nautobot.dcim.models import Device"})

        assert error_of(reports).message == "ModuleNotFoundError: jobyard has no module nautobot.dcim.models"


class TestPlugins:
    @pytest.fixture
    def make_plugin(self, tmp_path, monkeypatch):
        """Write an importable package."""

        def make(name, files):
            write_files(tmp_path / name, {"__init__.py": "", **files})
            monkeypatch.syspath_prepend(tmp_path)
            return name

        yield make
        for name in [item for item in sys.modules if item.startswith("fx_plugin")]:
            del sys.modules[name]

    def test_only_listed_classes_are_jobs(self, make_plugin):
        name = make_plugin(
            "fx_plugin_a",
            {
                "jobs/__init__.py": f"{JOB}from .audit import CheckAll\nclass Unlisted(Job): pass\n"
                "class Report(Job): pass\njobs = (Report, CheckAll)\n",
                "jobs/audit.py": f"{JOB}class CheckAll(Job): pass\n",
            },
        )

        report = describe_plugin(f"{name}.jobs")

        assert names(report) == [(f"{name}.jobs.audit", "CheckAll"), (f"{name}.jobs", "Report")]
        assert report.path == "jobs/__init__.py"
        assert [job.path for job in report.jobs] == ["jobs/audit.py", "jobs/__init__.py"]
        assert report.jobs[0].grouping == f"{name}.jobs.audit"

    def test_the_class_path_of_a_plugin_leads_back(self, make_plugin):
        name = make_plugin("fx_plugin_b", {"jobs.py": f"{JOB}class J(Job): pass\njobs = [J]\n"})
        describe_plugin(f"{name}.jobs")

        cls = find_job_class(PluginLoader(f"{name}.jobs"), f"plugins/{name}.jobs/J")

        assert cls.class_path == f"plugins/{name}.jobs/J"

    def test_a_plugin_imports_as_usual_and_knows_the_ecosystems(self, make_plugin):
        name = make_plugin(
            "fx_plugin_c",
            {
                "jobs.py": """
                    import importlib
                    import fx_plugin_c.helpers
                    from nautobot.extras.jobs import Job
                    from . import helpers
                    models = importlib.import_module('nautobot.dcim.models')

                    class J(Job):
                        value = helpers.VALUE
                        def run(self, data, commit): pass

                    jobs = [J]
                """,
                "helpers.py": "from extras.jobs import StringVar\nVALUE = StringVar()\n",
            },
        )

        report = describe_plugin(f"{name}.jobs")

        assert [variable.name for variable in report.jobs[0].variables] == ["value"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "",
                "InitializationError: fx_plugin_d.jobs has no list named jobs; put its job classes into one",
            ),
            ("jobs = 5", "InitializationError: fx_plugin_d.jobs has no list named jobs"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("raise SystemExit", "SystemExit"),
            ("import netmiko", "ModuleNotFoundError: needs the package netmiko"),
        ],
    )
    def test_a_broken_plugin_is_reported(self, make_plugin, text, message):
        name = make_plugin("fx_plugin_d", {"jobs.py": text})

        error = describe_plugin(f"{name}.jobs").error

        assert error.message.startswith(message)

    def test_a_plugin_that_is_not_installed(self):
        error = describe_plugin("nothing_of_that_name.jobs").error

        assert error.message == "ModuleNotFoundError: Plugin nothing_of_that_name is not installed"


def test_reports_never_name_this_projects_own_folder(inspect_source):
    report = inspect_source({"m.py": "from nautobot.extras.jobs import Nope"})["m"]

    assert str(Path(compat.__file__).parent.parent) not in str(report)
