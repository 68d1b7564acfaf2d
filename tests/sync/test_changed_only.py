"""A module is imported again only when something that it depends on has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sync.cast import SYNTAX_ERROR, good

from jobyard.discovery import ModuleFile
from jobyard_server.inventory.dcim.models import Site
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Module
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult
from jobyard_sync.file_imports import ImportsOfFiles, read_imports
from jobyard_sync.import_graph import ImportGraph
from jobyard_sync.pipeline import sync_repository

INIT = {"jobs/__init__.py": ""}
CHOICES = """
from jobyard import ChoiceVar, Job
{head}

class {name}(Job):
    which = ChoiceVar(choices={choices})

    def run(self, data, commit):
        pass
"""


def choices(name: str, head: str, expression: str) -> str:
    return CHOICES.format(name=name, head=head, choices=expression)


@pytest.fixture
def follow(make_repo, tools):
    """``follow(files)``: the repository and ``sync()``, which returns how many modules were imported."""

    def register(files: dict[str, str], **values):
        repo = make_repo(files)
        repository = add_repository(name="Lab", remote_url=repo.url, **values)

        def sync(**flags: bool) -> int:
            assert sync_repository(request_sync(repository.source, **flags), tools)
            repository.source.refresh_from_db()
            assert repository.source.error == ""
            return inspected(repository.source)

        sync()
        return repo, sync

    return register


def inspected(source) -> int:
    rows = source.results.order_by("-created").first().logs.values_list("message", flat=True)
    unchanged = [row for row in rows if row.startswith("Nothing has changed for")]
    known = Module.objects.filter(source=source, is_installed=True).count()
    return known - (int(unchanged[0].split()[4]) if unchanged else 0)


def errors_of_modules() -> dict[str, dict]:
    return dict(Module.objects.filter(load_error__isnull=False).values_list("name", "load_error"))


def labels(class_path: str) -> list[str]:
    (variable,) = find_job(class_path).spec.variables
    return [label for _, label in variable.choices]


@pytest.mark.django_db
def test_only_the_module_that_changed_is_imported(follow):
    repo, sync = follow({**INIT, **{f"jobs/m{n}.py": good(f"J{n}") for n in range(4)}})

    again = sync()
    repo.commit({"jobs/m1.py": good("Other")})
    after = sync()

    assert (again, after) == (0, 1)
    assert find_job("git.lab/m1/Other").installed
    assert find_job("git.lab/m3/J3").module.revision.identifier == repo.head
    assert RevisionEvent.objects.first().inspected_count == 1


@pytest.mark.django_db
def test_a_module_that_does_not_load_is_imported_again_only_when_it_could_load(follow):
    """What may be mended outside of the repository, as a missing package, is tried every time."""
    repo, sync = follow(
        {
            **INIT,
            "jobs/typo.py": SYNTAX_ERROR,
            "jobs/raises.py": "from .limits import MOST\n" + good("Raises"),
            "jobs/limits.py": "MOST = 1 / 0",
            "jobs/lacks.py": "import no_such_package\n" + good("Lacks"),
            "jobs/ends.py": "import os\nos._exit(3)",
            "jobs/fine.py": good("Fine"),
        }
    )
    first = repo.head

    repo.commit({"jobs/fine.py": good("Better")})
    count = sync()
    errors = errors_of_modules()
    event = RevisionEvent.objects.first()
    repo.commit({"jobs/limits.py": "MOST = 1", "jobs/fine.py": good("Best")})
    after = sync()

    assert (count, event.inspected_count, event.module_count) == (3, 3, 6)  # fine, lacks, ends
    assert sorted(errors) == ["ends", "lacks", "limits", "raises", "typo"]
    assert {error["commit"] for error in errors.values()} == {first}
    assert sorted(error["module"] for error in event.errors) == sorted(errors)
    assert errors["typo"]["line"] == 3
    assert after == 5  # all but typo
    assert sorted(errors_of_modules()) == ["ends", "lacks", "typo"]
    assert find_job("git.lab/raises/Raises").installed


@pytest.mark.django_db
def test_a_sync_without_news_imports_no_module_and_says_that_one_does_not_load(follow):
    _repo, sync = follow({**INIT, "jobs/typo.py": SYNTAX_ERROR, "jobs/fine.py": good("Fine")})

    count = sync()

    assert count == 0
    assert JobResult.objects.order_by("-created").first().status == "failed"
    assert sorted(errors_of_modules()) == ["typo"]


@pytest.mark.django_db
def test_f97_importers_of_a_changed_helper_are_imported_again(follow):
    files = {
        **INIT,
        "jobs/shared.py": "NAMES = ['a']",
        "jobs/deep/__init__.py": "from ..shared import NAMES",
        "jobs/one.py": choices("One", "from .shared import NAMES", "[(n, n) for n in NAMES]"),
        "jobs/two.py": choices("Two", "from jobs.deep import NAMES", "[(n, n) for n in NAMES]"),
        "jobs/three.py": good("Three"),
    }
    repo, sync = follow(files)

    repo.commit({"jobs/shared.py": "NAMES = ['a', 'b']"})
    count = sync()

    assert count == 4  # shared and deep are modules too
    assert labels("git.lab/one/One") == labels("git.lab/two/Two") == ["a", "b"]


@pytest.mark.django_db
def test_a_data_file_that_was_read_at_import_counts(follow):
    head = "from pathlib import Path\nNAMES = (Path(__file__).parent / 'names.txt').read_text().split()"
    reads = choices("Reads", head, "[(n, n) for n in NAMES]")
    repo, sync = follow({**INIT, "jobs/names.txt": "a", "jobs/reads.py": reads, "jobs/other.py": good()})

    repo.commit({"jobs/names.txt": "a b"})
    count = sync()

    assert count == 1
    assert labels("git.lab/reads/Reads") == ["a", "b"]


@pytest.mark.django_db
def test_a_helper_that_reads_for_its_callers_counts_for_them(follow):
    helper = """
import os

def names():
    return open(os.path.dirname(__spec__.origin) + "/names.txt").read().split()
"""
    uses = choices("Uses", "from .helper import names", "[(n, n) for n in names()]")
    repo, sync = follow({**INIT, "jobs/names.txt": "a", "jobs/helper.py": helper, "jobs/uses.py": uses})

    repo.commit({"jobs/names.txt": "b"})
    sync()

    assert labels("git.lab/uses/Uses") == ["b"]


@pytest.mark.django_db
def test_an_import_that_the_text_does_not_name_counts(follow):
    head = "import importlib\nNAMES = importlib.import_module('jobs.' + 'hidden').NAMES"
    repo, sync = follow(
        {
            **INIT,
            "jobs/hidden.py": "NAMES = ['a']",
            "jobs/dynamic.py": choices("Dynamic", head, "[(n, n) for n in NAMES]"),
        }
    )

    repo.commit({"jobs/hidden.py": "NAMES = ['b']"})
    sync()

    assert labels("git.lab/dynamic/Dynamic") == ["b"]


@pytest.mark.django_db
def test_f97_a_helper_counts_however_late_or_hidden_its_import_is_also_when_it_is_renamed(follow):
    shown = "[(n, n) for n in NAMES]"
    lazy = "def names():\n    from . import words\n    return words.NAMES\nNAMES = names()"
    optional = "try:\n    from . import terms as it\nexcept ImportError:\n    from . import words as it\n"
    hidden = "from importlib import import_module\nNAMES = import_module('.' + 'words', __package__).NAMES"
    files = {
        **INIT,
        "jobs/words.py": "NAMES = ['a']",
        "jobs/lazy.py": choices("Lazy", lazy, shown),
        "jobs/optional.py": choices("Optional", f"{optional}NAMES = it.NAMES", shown),
        "jobs/hidden.py": choices("Hidden", hidden, shown),
        "jobs/other.py": good("Other"),
    }
    repo, sync = follow(files)

    repo.commit({"jobs/words.py": "NAMES = ['b']"})
    assert sync() == 4  # the helper is a module too

    for name in ("Lazy", "Optional", "Hidden"):
        assert labels(f"git.lab/{name.lower()}/{name}") == ["b"]
    repo.git("mv", "jobs/words.py", "jobs/terms.py")
    repo.commit({"jobs/terms.py": "NAMES = ['c']"})
    sync()
    assert labels("git.lab/optional/Optional") == ["c"]
    errors = Module.objects.filter(load_error__isnull=False).values_list("name", flat=True)
    assert sorted(errors) == ["hidden", "lazy"]  # what they import is gone, which nobody must learn at a run


@pytest.mark.django_db
def test_f96_a_new_file_that_takes_the_name_of_an_import_counts(follow):
    head = "try:\n    from extra_names import NAMES\nexcept ImportError:\n    NAMES = ['none']"
    optional = choices("Optional", head, "[(n, n) for n in NAMES]")
    repo, sync = follow({**INIT, "jobs/optional.py": optional, "jobs/other.py": good()})

    repo.commit({"jobs/extra_names.py": "NAMES = ['some']"})
    sync()

    assert labels("git.lab/optional/Optional") == ["some"]


@pytest.mark.django_db(transaction=True)
def test_choices_from_the_database_are_those_of_the_newest_sync(follow):
    head = "from nautobot.dcim.models import Site"
    asks = choices("Asks", head, "[(s.name, s.name) for s in Site.objects.order_by('name')]")
    _repo, sync = follow({**INIT, "jobs/asks.py": asks, "jobs/other.py": good()})
    before = labels("git.lab/asks/Asks")

    Site.objects.create(name="Berlin", slug="berlin")
    count = sync()

    assert (before, labels("git.lab/asks/Asks"), count) == ([], ["Berlin"], 1)


@pytest.mark.django_db
def test_a_refresh_imports_everything(follow):
    _repo, sync = follow({**INIT, "jobs/one.py": good("One"), "jobs/two.py": good("Two")})

    assert sync(refresh=True) == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c", {"a.b", "c"}),
        ("def f():\n    from .x import y", {".x"}),
        ("from .. import z", {".."}),
        ("if True:\n    try:\n        import late\n    except ImportError: pass", {"late"}),
        ("import (", set()),
        ("x = '\0'", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(text, names):
    found = read_imports(text.encode())

    assert {"." * item.level + item.module for item in found.imports} == names


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("import importlib", True),
        ("x = __import__('a')", True),
        ("exec('import a')", True),
        ("HERE = __file__", True),
        ("import re\nre.compile('a')", False),
        ("from jobyard import Job", False),
    ],
)
def test_a_file_that_may_do_what_its_text_does_not_say_is_doubtful(text, is_doubtful):
    assert read_imports(text.encode()).is_doubtful is is_doubtful


@pytest.fixture
def closure(tmp_path):
    """``closure(files, path)``: what the module in *path* may execute."""

    def of(files: dict[str, str], path: str) -> set[str]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        hashes = {name: f"{number}" for number, name in enumerate(files)}
        graph = ImportGraph(
            Path(tmp_path), hashes, job_folders=["jobs"], slug="net-ops", known=ImportsOfFiles()
        )
        return graph.closure(ModuleFile("m", path))

    return of


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("from .helper import x", "jobs/helper.py"),
        ("import helper", "jobs/helper.py"),
        ("from jobs import helper", "jobs/helper.py"),
        ("import jobs.helper", "jobs/helper.py"),
        ("from net_ops.jobs.helper import x", "jobs/helper.py"),
        ("from tools.deep import thing", "tools/deep/thing.py"),
        ("from tools.deep import *", "tools/deep/thing.py"),
        ("from ..tools.deep import thing", "tools/deep/thing.py"),
    ],
)
def test_every_spelling_leads_to_the_file(closure, statement, target):
    files = {
        "jobs/__init__.py": "",
        "jobs/m.py": statement,
        "jobs/helper.py": "import circle",
        "jobs/circle.py": "import helper",
        "jobs/unrelated.py": "",
        "tools/__init__.py": "",
        "tools/deep/__init__.py": "",
        "tools/deep/thing.py": "",
    }

    found = closure(files, "jobs/m.py")

    assert {"jobs/m.py", "jobs/__init__.py", target} <= found
    assert "jobs/unrelated.py" not in found
