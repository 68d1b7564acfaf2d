"""Everything jobs come from."""

from __future__ import annotations

import pytest
from django.conf import settings
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard_server.registry.models import PLUGINS, Source

pytestmark = pytest.mark.django_db
PAGE = "/extras/sources/"


def test_the_folder_is_shown_with_its_path_and_errors(as_user, bob):
    source = cast.local_source()
    source.error = "The folder cannot be read."
    source.save()
    cast.make_module(source, "audits", load_error={"message": "x", "path": "audits.py", "line": 5})

    page = Page(as_user(bob).get(PAGE))

    assert str(settings.JOBYARD["JOBS_ROOT"]) in page.words
    assert "The folder cannot be read." in page.text
    assert "audits.py:5" in page.text
    assert "Sync failed" in page.words


def test_plugins_are_shown_when_there_are_some(as_user, bob, settings):
    assert "No plugin is named." in Page(as_user(bob).get(PAGE)).text

    settings.JOBYARD = {**settings.JOBYARD, "PLUGINS": ["my_plugin"]}
    source = Source.objects.create(key=PLUGINS, kind=PLUGINS)
    cast.make_module(source, "my_plugin.jobs", load_error={"message": "ImportError: y"})

    page = Page(as_user(bob).get(PAGE))
    assert "my_plugin" in page.words
    assert "ImportError: y" in page.words


def test_before_the_first_sync_the_page_is_there_already(as_user, alice):
    page = Page(as_user(alice).get(PAGE))

    assert "Last read never" in page.text
    assert page.all("a", href="/extras/git-repositories/add/")


def test_repositories_are_told_only_to_whoever_may_see_them(as_user):
    cast.git_source(name="Secret repository")

    assert "Secret" not in Page(as_user(cast.make_user("dave", "view_job")).get(PAGE)).text
