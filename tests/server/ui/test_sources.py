"""Everything jobs come from."""

from __future__ import annotations

import pytest
from django.conf import settings
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard_server.registry.history_models import PUBLISHED, RevisionEvent
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import PLUGINS, Revision, Source
from jobyard_server.registry.source_steps import INSPECTED, SNAPSHOT, SourceClock

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


def test_the_folder_can_be_read_again(as_user, alice, bob):
    cast.local_source()
    place = "/extras/sources/local/"

    assert not Page(as_user(bob).get(place)).all("form", action=f"{place}refresh/")
    assert as_user(bob).post(f"{place}refresh/").status_code == 403
    owner = as_user(alice)
    assert Page(owner.get(place)).all("form", action=f"{place}refresh/")
    assert owner.post(f"{place}refresh/").headers["Location"] == place
    assert Source.objects.get(key="local").refresh_asked is not None
    assert owner.post("/extras/sources/git.x/refresh/").status_code == 404


def test_an_open_page_of_the_folder_hears_of_news(as_user, alice):
    source = cast.local_source()
    browser = as_user(alice)
    page = Page(browser.get("/extras/sources/local/"))
    (address,) = [attrs["hx-get"] for attrs in page.all("section") if "hx-get" in attrs]

    def ask():
        return browser.get(address, headers={"HX-Request": "true"})

    assert ask().status_code == 204
    cast.Source.objects.filter(pk=source.pk).update(revision=cast.make_revision(source))
    assert ask().headers["HX-Refresh"] == "true"


def test_an_open_page_of_the_folder_follows_a_sync(as_user, alice):
    source = cast.local_source()
    browser = as_user(alice)

    def asks(page):
        (address,) = [attrs["hx-get"] for attrs in page.all("section") if "hx-get" in attrs]
        return address

    address = asks(Page(browser.get("/extras/sources/local/")))
    lease = take_lease(source)
    clock = SourceClock()
    clock.done(SNAPSHOT)
    clock.begin(lease)
    part = Page(browser.get(address, headers={"HX-Request": "true"}))
    again = browser.get(asks(part), headers={"HX-Request": "true"})
    clock.done(INSPECTED)
    later = Page(browser.get(asks(part), headers={"HX-Request": "true"}))

    assert "Syncing" in part.text
    assert "Inspected now" in part.text
    assert not part.all("h1")
    assert again.status_code == 204
    assert "Published now" in later.text


def test_the_folder_can_be_rolled_back_pinned_and_unpinned(as_user, alice, bob):
    source = cast.local_source()
    older, newer = (
        Revision.objects.create(source=source, identifier=letter * 64, snapshot_digest=letter * 64)
        for letter in "ab"
    )
    for revision in (older, newer):
        RevisionEvent.objects.create(source=source, revision=revision, kind=PUBLISHED)
    Source.objects.filter(pk=source.pk).update(revision=newer)
    place, back = "/extras/sources/local/", f"/extras/sources/local/rollback/{older.pk}/"
    assert not Page(as_user(bob).get(place)).all("form", action=back)
    assert as_user(bob).post(back).status_code == 403
    browser = as_user(alice)
    assert Page(browser.get(place)).all("form", action=back)
    assert Page(browser.get(f"/extras/revisions/{older.pk}/")).all("form", action=back)

    browser.post(back, {"reason": "Newer is bad."})

    assert "is in quarantine: rolled back by alice" in Page(browser.get(place)).text
    source.refresh_from_db()
    assert (source.rolled_back_to, source.refresh_asked is not None) == (older.identifier, True)
    browser.post(f"{place}pin/{older.pk}/")
    assert "whatever is saved, this revision stays in service" in Page(browser.get(place)).text
    browser.post(f"{place}unpin/")
    assert "The folder is not pinned." in Page(browser.post(f"{place}unpin/", follow=True)).text
