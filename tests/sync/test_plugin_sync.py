from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.apps import apps
from tests.sync.cast import good

from jobyard.inspection import describe_plugin
from jobyard_server.registry.models import Job, Module, Source
from jobyard_server.ui.revisions.steps import steps_of_source
from jobyard_sync.errors import SourceBusy
from jobyard_sync.plugin_sync import jobs_module, sync_plugins

pytestmark = pytest.mark.django_db


@pytest.fixture
def install(settings, tmp_path, monkeypatch):
    """``install("name", {path: text})``: an importable package among the plugins, and its AppConfig."""
    monkeypatch.syspath_prepend(tmp_path / "site")

    def write(name: str, files: dict[str, str]):
        for path, text in {"__init__.py": "", **files}.items():
            file = tmp_path / "site" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        if name not in settings.PLUGINS:
            settings.PLUGINS = [*settings.PLUGINS, name]
            settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, name]
        return next(config for config in apps.get_app_configs() if config.name == name)

    yield write
    for module in [item for item in sys.modules if item.startswith("acme_")]:
        del sys.modules[module]


@pytest.fixture
def importing(monkeypatch):
    """Plugins of this test are not where a child could import them, so this process does."""

    def inspect(_zygote, names, **_values):
        return [describe_plugin(name) for name in names]

    monkeypatch.setattr("jobyard_sync.plugin_sync.inspect_plugins", inspect)


JOBS = good("Audit") + good("Unlisted") + "\njobs = [Audit]\n"


def test_the_listed_jobs_of_a_plugin_are_published(install, importing, tools):
    install("acme_one", {"jobs.py": JOBS})

    assert sync_plugins(tools) is True

    job = Job.objects.get()
    assert job.class_path == "plugins/acme_one.jobs/Audit"
    assert (job.source, job.installed) == ("plugins", True)
    source = Source.objects.get()
    assert len(source.revision.identifier) == 64
    steps = [(step.word, step.state) for step in steps_of_source(source)]
    assert steps == [("Inspected", "done"), ("Published", "done")]


def test_a_plugin_that_did_not_change_is_not_read_again(install, importing, tools):
    install("acme_one", {"jobs.py": JOBS})
    sync_plugins(tools)

    assert sync_plugins(tools) is False
    assert sync_plugins(tools, inspect_all=True) is True  # somebody wants it all the same


def test_a_changed_file_anywhere_in_the_package_makes_a_new_revision(install, importing, tools):
    install("acme_one", {"jobs.py": JOBS, "helpers.py": ""})
    sync_plugins(tools)
    before = Source.objects.get().revision

    install("acme_one", {"helpers.py": "NEW = 1\n"})

    assert sync_plugins(tools) is True
    assert Source.objects.get().revision != before


def test_a_plugin_that_is_not_configured_any_more_keeps_its_records(install, importing, tools, settings):
    install("acme_one", {"jobs.py": JOBS})
    sync_plugins(tools)

    settings.PLUGINS = []

    assert sync_plugins(tools) is True
    assert Job.objects.get().installed is False


def test_without_plugins_there_is_nothing_to_do(tools):
    assert sync_plugins(tools) is False
    assert not Source.objects.exists()


def test_a_plugin_that_cannot_be_imported_shows_its_error(install, tools):
    # a real child, which does not know the folder of this test
    install("acme_one", {"jobs.py": JOBS})

    assert sync_plugins(tools) is True

    module = Module.objects.get()
    assert module.name == "acme_one.jobs"
    assert "acme_one" in module.load_error["message"]


def test_another_daemon_at_work_is_waited_for(install, importing, tools):
    install("acme_one", {"jobs.py": JOBS})
    sync_plugins(tools)
    Source.objects.update(lease_until="9999-01-01T00:00Z", revision=None)

    with pytest.raises(SourceBusy):
        sync_plugins(tools)


@pytest.mark.parametrize(
    ("attribute", "files", "module"),
    [
        (None, {"jobs.py": ""}, "acme_two.jobs"),
        ("work", {"work.py": ""}, "acme_two.work"),
        ("tools.work", {"tools/__init__.py": "", "tools/work.py": ""}, "acme_two.tools.work"),
        ("jobs.jobs", {"jobs.py": ""}, "acme_two.jobs"),  # upstream names the list in the module
        ("jobs.jobs", {"jobs/__init__.py": "", "jobs/jobs.py": ""}, "acme_two.jobs.jobs"),
    ],
)
def test_an_app_config_may_name_another_module(install, attribute, files, module):
    config = install("acme_two", files)
    if attribute:
        config.jobs = attribute

    assert jobs_module(config) == module
    assert Path(config.path).name == "acme_two"
