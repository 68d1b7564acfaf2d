"""What the loader promises: isolated namespaces, every import form, odd names, no traces."""

from __future__ import annotations

import importlib
import json
import logging
import pickle
import sys

import pytest
from tests.jobs.fakes import write_files

from jobyard import _ecosystem_finder, compat
from jobyard.errors import OutsideSource
from jobyard.loader import SourceLoader

HELPERS = "VALUE = object()\n"
STAR_VARIABLES = """
    BooleanVar ChoiceVar FileVar IntegerVar IPAddressVar IPAddressWithMaskVar IPNetworkVar MultiChoiceVar
    MultiObjectVar ObjectVar StringVar TextVar
"""


class TestSiblings:
    @pytest.mark.parametrize(
        "statement",
        [
            "import helpers as found",
            "from helpers import VALUE; import helpers as found",
            "from . import helpers as found",
            "from .helpers import VALUE; from . import helpers as found",
            "from jobs import helpers as found",
            "import jobs.helpers as found",
            "import jobs.helpers; found = jobs.helpers",
            "import importlib; found = importlib.import_module('helpers')",
            "import importlib; found = importlib.import_module('.helpers', __package__)",
            "from importlib import import_module; found = import_module('jobs.helpers')",
            "found = __import__('helpers')",
            "exec('import helpers as found')",
        ],
    )
    @pytest.mark.parametrize("job_path", ["", "jobs"])
    def test_every_import_form_gives_the_one_module(self, make_source, statement, job_path):
        folder = f"{job_path}/" if job_path else ""
        loader = make_source(
            {f"{folder}helpers.py": HELPERS, f"{folder}example.py": statement},
            source="git.net_ops" if job_path else "local",
            job_path=job_path,
        )

        assert loader.load("example").found is loader.load("helpers")

    @pytest.mark.parametrize(
        "statement",
        [
            "from netops.jobs import helpers as found",
            "import netops.jobs.helpers as found",
            "import netops.jobs.helpers; found = netops.jobs.helpers",
            "from netops.jobs.helpers import VALUE; import helpers as found",
        ],
    )
    def test_a_git_source_is_known_by_its_slug(self, make_source, statement):
        loader = make_source(
            {"jobs/helpers.py": HELPERS, "jobs/example.py": statement}, source="git.netops", job_path="jobs"
        )

        assert loader.load("example").found is loader.load("helpers")

    def test_a_slug_with_a_hyphen_is_known_by_its_underscores(self, make_source):
        files = {"jobs/helpers.py": HELPERS, "jobs/example.py": "from net_ops.jobs.helpers import VALUE"}
        loader = make_source(files, source="git.net-ops", job_path="jobs")

        assert loader.load("example").VALUE is loader.load("helpers").VALUE

    def test_siblings_are_reachable_from_any_depth(self, make_source):
        loader = make_source(
            {
                "jobs/helpers.py": HELPERS,
                "jobs/a/b/c.py": "import helpers\nfrom ...helpers import VALUE\nfrom jobs.a.b import d\n",
                "jobs/a/b/d.py": "import helpers\n",
                "jobs/example.py": "from a.b import c",
            },
            source="git.x",
            job_path="jobs",
        )

        example = loader.load("example")

        assert example.c.helpers is example.c.d.helpers is loader.load("helpers")

    def test_modules_of_the_root_are_reachable_after_those_beside_the_job(self, make_source):
        loader = make_source(
            {
                "jobs/example.py": "import library, both",
                "library.py": "from jobs import both as seen",
                "both.py": "place = 'root'",
                "jobs/both.py": "place = 'jobs'",
            },
            source="git.x",
            job_path="jobs",
        )

        example = loader.load("example")

        assert example.both.place == "jobs"
        assert example.library.seen is example.both

    def test_two_modules_may_import_each_other(self, fixtures):
        example = fixtures.load("fx_siblings")

        assert example.by_bare_name.back() is example

    def test_the_order_of_loading_does_not_matter(self, make_source):
        files = {"b_first.py": "import z_last", "z_last.py": "class C: pass"}
        for order in (["b_first", "z_last"], ["z_last", "b_first"]):
            loader = make_source(files)
            modules = {name: loader.load(name) for name in order}
            assert modules["b_first"].z_last.C is modules["z_last"].C

    def test_import_a_dotted_name_binds_the_first_part(self, make_source):
        loader = make_source({"pkg/sub.py": "X = 1", "example.py": "import pkg.sub\nfound = pkg.sub.X"})

        assert loader.load("example").found == 1

    def test_a_star_import_of_a_sibling(self, make_source):
        loader = make_source({"helpers.py": "a = 1\n_b = 2\n", "example.py": "from helpers import *"})

        assert "a" in vars(loader.load("example"))
        assert "_b" not in vars(loader.load("example"))

    def test_imports_in_functions_and_late_imports_work(self, make_source):
        text = "def late():\n    import helpers\n    return helpers\n"
        loader = make_source({"helpers.py": HELPERS, "example.py": text})

        assert loader.load("example").late() is loader.load("helpers")

    def test_a_folder_that_jobs_put_on_the_path_does_not_load_a_file_twice(self, make_source, monkeypatch):
        monkeypatch.setattr(sys, "path", list(sys.path))
        text = """
            import os, sys
            sys.path.insert(0, os.path.dirname(__file__))
            import helpers_on_the_path as found
        """
        loader = make_source({"helpers_on_the_path.py": HELPERS, "example.py": text})

        assert loader.load("example").found is loader.load("helpers_on_the_path")
        assert "helpers_on_the_path" not in sys.modules


class TestNames:
    @pytest.mark.parametrize(
        "name", ["01-add-racks", "fx-hyphen", "naïve", "class", "a+b", "_private", "x" * 200]
    )
    def test_file_names_that_are_no_identifiers(self, make_source, name):
        loader = make_source({f"{name}.py": "from . import helpers", "helpers.py": HELPERS})

        module = loader.load(name)

        assert module.__name__.endswith(f".{name}")
        assert module.helpers is loader.load("helpers")

    @pytest.mark.parametrize(
        "name", ["json", "email", "yaml", "django", "re", "logging", "jobyard", "celery"]
    )
    def test_a_file_named_like_a_library_shadows_nothing(self, make_source, name):
        before = sys.modules.get(name)
        text = f"import json, re, django, yaml, email\nmine = True\nfrom . import {name} as myself\n"
        loader = make_source(
            {f"{name}.py": text, "other.py": f"import json, yaml\nfrom . import {name} as f"}
        )

        module = loader.load(name)

        assert module.mine
        assert module.myself is module
        assert module.json is json
        assert loader.load("other").f is module
        assert sys.modules.get(name) is before

    def test_a_folder_named_like_a_library_shadows_nothing(self, make_source):
        loader = make_source(
            {"django/__init__.py": "mine = 1", "example.py": "from django.utils import text"}
        )

        assert loader.load("example").text.slugify("A b") == "a-b"
        assert loader.load("django").mine == 1

    def test_a_folder_of_data_beside_a_module_of_that_name(self, make_source):
        loader = make_source({"devices.py": "found = 'module'", "devices/list.yaml": "a: 1"})

        assert loader.load("devices").found == "module"

    def test_a_package_wins_over_a_file_of_that_name(self, make_source):
        loader = make_source({"devices.py": "found = 'file'", "devices/__init__.py": "found = 'package'"})

        assert loader.load("devices").found == "package"

    def test_m7_the_name_ends_in_the_module_name_and_is_never_main(self, make_source):
        loader = make_source({"pkg/__init__.py": "", "pkg/sub.py": "main = __name__ == '__main__'"})

        module = loader.load("pkg.sub")

        assert module.__name__.endswith(".pkg.sub")
        assert not module.main


class TestPackages:
    def test_packages_work_with_and_without_init(self, make_source):
        loader = make_source(
            {
                "with_init/__init__.py": "from .part import X",
                "with_init/part.py": "X = 1",
                "without/part.py": "from with_init import X\nfrom . import other",
                "without/other.py": "",
                "example.py": "from without.part import X",
            }
        )

        assert loader.load("example").X == 1

    def test_data_of_a_package_is_found_by_importlib_resources(self, make_source):
        text = (
            "from importlib.resources import files\ndata = files(__package__).joinpath('a.txt').read_text()"
        )
        loader = make_source({"pkg/__init__.py": text, "pkg/a.txt": "content"})

        assert loader.load("pkg").data == "content"

    def test_the_init_of_the_jobs_folder_is_executed_once(self, make_source):
        files = {
            "jobs/__init__.py": "made = [1]",
            "jobs/a.py": "from . import made",
            "jobs/b.py": "from jobs import made",
        }
        loader = make_source(files, source="git.x", job_path="jobs")

        assert loader.load("a").made is loader.load("b").made

    def test_m3_an_init_that_raises_counts_as_empty(self, make_source):
        files = {"jobs/__init__.py": "before = 1\n1 / 0", "jobs/a.py": "works = True"}
        loader = make_source(files, source="git.x", job_path="jobs")

        assert loader.load("a").works
        ((path, exc),) = loader.init_errors
        assert path == loader.root / "jobs/__init__.py"
        assert isinstance(exc, ZeroDivisionError)

    def test_an_init_of_a_package_that_raises_fails_the_package(self, make_source):
        loader = make_source({"pkg/__init__.py": "1 / 0"})

        with pytest.raises(ZeroDivisionError):
            loader.load("pkg")


class TestIsolation:
    def test_m6_f91_two_sources_share_nothing(self, make_source):
        files = {"util.py": "class C: pass", "example.py": "from util import C"}
        one = make_source(files, source="git.one")
        two = make_source(files, source="git.two")

        assert one.load("example").C is not two.load("example").C

    def test_two_snapshots_of_one_source_live_side_by_side(self, make_source):
        old = make_source(
            {"util.py": "VERSION = 1", "example.py": "def ask():\n    import util\n    return util"}
        )
        new = make_source(
            {"util.py": "VERSION = 2", "example.py": "def ask():\n    import util\n    return util"}
        )

        old_module, new_module = old.load("example"), new.load("example")

        assert (old_module.ask().VERSION, new_module.ask().VERSION) == (1, 2)

    def test_nothing_outside_job_code_sees_the_modules(self, make_source):
        make_source({"only_in_a_source.py": ""}).load("only_in_a_source")

        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("only_in_a_source")

    def test_names_of_the_ecosystems_are_seen_by_job_code_only(self, load):
        module = load("import nautobot.extras.jobs\nfrom extras.scripts import Script\nimport nautobot")

        assert module.nautobot.extras.jobs.Job
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("nautobot")
        assert not [name for name in sys.modules if name.partition(".")[0] in ("nautobot", "extras", "dcim")]

    def test_uninstall_leaves_no_trace(self, tmp_path):
        write_files(tmp_path, {"example.py": "import helpers", "helpers.py": ""})
        before, path, import_module = set(sys.modules), list(sys.meta_path), importlib.import_module

        with SourceLoader(root=tmp_path, job_path="", source="local", digest="abc") as loader:
            loader.load("example")

        assert set(sys.modules) == before
        assert sys.meta_path == path
        assert importlib.import_module is import_module

    def test_no_bytecode_is_written(self, make_source):
        loader = make_source({"example.py": "import helpers", "helpers.py": ""})

        loader.load("example")

        assert not list(loader.root.rglob("__pycache__"))

    def test_a_module_is_loaded_once(self, make_source):
        loader = make_source({"example.py": ""})

        assert loader.load("example") is loader.load("example")

    def test_a_module_that_failed_is_tried_again(self, make_source):
        loader = make_source({"example.py": "1 / 0"})
        with pytest.raises(ZeroDivisionError):
            loader.load("example")

        (loader.root / "example.py").write_text("works = True")

        assert loader.load("example").works

    def test_the_current_folder_is_no_place_for_libraries(self, make_source, monkeypatch, tmp_path):
        write_files(tmp_path / "here", {"here_only.py": "place = 'current folder'"})
        monkeypatch.chdir(tmp_path / "here")
        monkeypatch.setattr(sys, "path", [str(tmp_path / "here"), *sys.path])
        loader = make_source({"here_only.py": "place = 'source'", "example.py": "import here_only"})

        assert loader.load("example").here_only.place == "source"

    def test_a_deleted_current_folder_does_not_matter(self, make_source, monkeypatch, tmp_path):
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        loader = make_source({"example.py": "import some_helpers", "some_helpers.py": ""})

        assert loader.load("example")


class TestIdentity:
    def test_objects_can_be_pickled(self, load):
        module = load("class Point:\n    def __init__(self, x):\n        self.x = x\n")

        again = pickle.loads(pickle.dumps(module.Point(3)))

        assert type(again) is module.Point
        assert again.x == 3

    def test_logging_sees_a_stable_name(self, load):
        module = load("import logging\nlogger = logging.getLogger(__name__)\nclass J: pass\n")

        assert module.logger is logging.getLogger(module.J.__module__)

    def test_dataclasses_and_type_hints_find_their_module(self, load):
        module = load(
            """
            from __future__ import annotations
            import typing
            from dataclasses import dataclass

            @dataclass
            class Rack:
                height: int

            hints = typing.get_type_hints(Rack)
            """
        )

        assert module.hints == {"height": int}

    def test_source_text_and_file_are_known(self, load):
        module = load("import inspect\ndef f():\n    return 1\nsource = inspect.getsource(f)\n")

        assert module.source == "def f():\n    return 1\n"
        assert module.__file__.endswith("example.py")


class TestRefusals:
    def test_a_link_out_of_the_source_is_refused(self, make_source, tmp_path):
        (tmp_path / "secret.py").write_text("stolen = True")
        loader = make_source({"example.py": ""})
        (loader.root / "link.py").symlink_to(tmp_path / "secret.py")

        with pytest.raises(OutsideSource, match="link is a link that leads out of the source"):
            loader.load("link")

    def test_a_link_inside_the_source_is_fine(self, make_source):
        loader = make_source({"example.py": "real = True"})
        (loader.root / "link.py").symlink_to("example.py")

        assert loader.load("link").real

    @pytest.mark.parametrize("content", [b"x = '\x00'", b"\xff\xfe", b"(" * 5000, b"x = (\n"])
    def test_what_is_no_python_is_a_syntax_error(self, make_source, content):
        loader = make_source({"example.py": ""})
        (loader.root / "example.py").write_bytes(content)

        with pytest.raises(SyntaxError):
            loader.load("example")

    def test_latin_1_with_a_coding_line_is_read(self, make_source):
        loader = make_source({"example.py": ""})
        (loader.root / "example.py").write_bytes("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"))

        assert loader.load("example").x == "é"

    def test_a_missing_module_is_missing(self, make_source):
        with pytest.raises(ModuleNotFoundError):
            make_source({"example.py": ""}).load("nothing")


class TestEcosystems:
    @pytest.mark.parametrize(
        ("module", "names"),
        [
            ("nautobot.extras.jobs", "Job BaseJob JobHookReceiver JSONVar DecimalVar is_job is_variable"),
            ("extras.jobs", "Job ScriptVariable DateVar DateTimeVar JobButtonReceiver"),
            ("nautobot.extras.scripts", "Script BaseScript StringVar"),
            ("nautobot.extras.reports", "Report"),
            ("extras.scripts", "Script BaseScript DateTimeVar DecimalVar"),
            ("extras.reports", "Report"),
            ("nautobot.apps.jobs", "Job register_jobs DryRunVar RunJobTaskFailed JSONVar"),
            ("nautobot.core.celery", "register_jobs"),
            ("nautobot.apps", "jobs NautobotAppConfig"),
            ("nautobot.extras.plugins", "PluginConfig"),
            ("nautobot.extras.choices", "JobResultStatusChoices LogLevelChoices ObjectChangeActionChoices"),
            ("nautobot.utilities.exceptions", "AbortTransaction"),
            ("utilities.exceptions", "AbortTransaction AbortScript"),
            ("celery.exceptions", "SoftTimeLimitExceeded"),
            ("nautobot.extras.registry", "DatasourceContent"),
            ("nautobot.apps.datasources", "DatasourceContent"),
            ("nautobot.dcim.models", "Site Region"),
            ("dcim.models", "Site"),
            ("nautobot.extras.models", "Status"),
        ],
    )
    def test_names_that_job_files_import(self, load, module, names):
        loaded = load(f"from {module} import {', '.join(names.split())}\nimport {module}\n")

        assert set(names.split()) <= set(vars(loaded))

    def test_s14_both_spellings_give_the_same_class(self, load):
        module = load("from nautobot.extras.jobs import Job\nfrom extras.jobs import Job as Other\n")

        assert module.Job is module.Other

    @pytest.mark.parametrize(
        ("module", "more"),
        [
            ("nautobot.extras.jobs", "Job"),
            ("nautobot.extras.scripts", "Script BaseScript"),
            ("extras.scripts", "Script BaseScript DateTimeVar DateVar DecimalVar"),
        ],
    )
    def test_star_imports_give_exactly_the_documented_names(self, load, module, more):
        loaded = load(f"from {module} import *")

        names = {name for name in vars(loaded) if not name.startswith("__")}
        assert names == {*STAR_VARIABLES.split(), *more.split()}

    def test_parts_of_a_models_package_are_known_too(self, load):
        assert load("from nautobot.dcim.models.sites import Site").Site

    @pytest.mark.parametrize("name", ["get_job", "get_jobs", "run_job", "enqueue_job"])
    def test_starting_other_jobs_is_refused_in_words(self, load, name):
        with pytest.raises(ImportError, match="starting other jobs from a job is not part of the contract"):
            load(f"from nautobot.extras.jobs import {name}")

    def test_a_sibling_of_an_ecosystems_name_is_found_where_nothing_is_provided(self, make_source):
        loader = make_source({"utilities/text.py": "X = 1", "example.py": "from utilities.text import X"})

        assert loader.load("example").X == 1

    def test_choices_are_iterable_callable_and_named(self):
        choices = compat.module("nautobot.extras.choices")

        assert choices.JobResultStatusChoices.STATUS_COMPLETED == "completed"
        assert ("success", "Success") in list(choices.LogLevelChoices)
        assert choices.ObjectChangeActionChoices() == choices.ObjectChangeActionChoices.CHOICES
        assert choices.LogLevelChoices.values()[0] == "default"
        assert choices.LogLevelChoices.as_dict()["info"] == "Info"

    def test_receivers_of_changes_need_their_method(self):
        jobs = compat.module("nautobot.extras.jobs")

        with pytest.raises(NotImplementedError):
            jobs.JobHookReceiver().receive_job_hook(None, "create", None)
        with pytest.raises(NotImplementedError):
            jobs.JobButtonReceiver().receive_job_button(None)


class TestHelpersOfTeams:
    """Packages that are installed beside jobyard and speak of the ecosystems too."""

    @pytest.fixture
    def installed(self, tmp_path, monkeypatch):
        def install(text: str) -> None:
            write_files(tmp_path / "site", {"acme_helpers/__init__.py": "", "acme_helpers/common.py": text})
            monkeypatch.syspath_prepend(tmp_path / "site")

        yield install
        _ecosystem_finder.uninstall()
        for name in [item for item in sys.modules if item.startswith("acme_helpers")]:
            del sys.modules[name]

    def test_they_may_import_the_names_that_job_files_know(self, installed, load):
        installed(
            "import extras.scripts\nfrom dcim import models\nfrom dcim.models import *\n"
            "from extras.scripts import Script, StringVar\nfrom utilities.exceptions import AbortScript\n"
            "def later():\n    from nautobot.extras.jobs import Job\n    return Job\n"
        )
        module = load(
            "import acme_helpers.common as common\nfrom dcim.models import Site\n"
            "from extras.scripts import Script\nfrom nautobot.extras.jobs import Job\n"
            "late = common.later()\n"
        )

        assert module.common.Site is module.common.models.Site is module.Site
        assert module.common.extras.scripts.Script is module.common.Script is module.Script
        assert module.late is module.Job

    def test_nobody_else_sees_them_and_nothing_is_left_behind(self, installed, make_source):
        installed("from extras.scripts import Script\n")
        loader = make_source({"example.py": "import acme_helpers.common\n"})
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("extras.scripts")

        loader.load("example")
        assert "extras.scripts" in sys.modules
        _ecosystem_finder.uninstall()  # as the last source does when it goes

        assert [name for name in sys.modules if name.partition(".")[0] == "extras"] == []
        assert importlib.import_module("jobyard.compat.extras_scripts").__spec__.name.startswith("jobyard.")
