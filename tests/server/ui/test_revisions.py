"""Pages of revisions, and the buttons that decide."""

from __future__ import annotations

import pytest
from tests.server.registry.cast import broken, facts, good, put
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard_server.registry.history_models import PUBLISHED, HeldPush, RevisionEvent
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import GitRepository, Revision
from jobyard_server.registry.publish import Findings, publish
from jobyard_server.ui.code import code_lines, extract

pytestmark = pytest.mark.django_db
PAGE = "/extras/git-repositories/netops/"


@pytest.fixture
def source(db):
    """Two revisions; in the second one a module does not load."""
    source = cast.git_source()
    put(source, "a", [good("one", "One"), good("two", "Two")])
    put(source, "b", [good("one", "Other"), broken("two")])
    return source


@pytest.fixture
def first(source) -> Revision:
    return Revision.objects.get(identifier="a" * 40)


def test_the_timeline_offers_a_way_back_to_those_who_may(as_user, alice, bob, source, first):
    owner, reader = Page(as_user(alice).get(PAGE)), Page(as_user(bob).get(PAGE))

    back = f"{PAGE}rollback/{first.pk}/"
    assert owner.all("form", action=back)
    assert not reader.all("form", action=back)
    assert "Published in part" in reader.text
    assert "1 added, 1 removed, 1 with errors" in reader.text


def test_one_click_rolls_back_and_the_page_says_so(as_user, alice, source, first):
    browser = as_user(alice)

    answer = browser.post(f"{PAGE}rollback/{first.pk}/", {"reason": "It is bad"}, follow=True)

    text = Page(answer).text
    assert "goes back to aaaaaaaaaaaa" in text
    assert "is in quarantine: rolled back by alice" in text
    assert "(It is bad)" in text
    again = Page(browser.post(f"{PAGE}rollback/{source_head()}/", follow=True)).text
    assert "is in service already" in again


def source_head() -> str:
    return str(Revision.objects.get(identifier="b" * 40).pk)


def test_pin_unpin_and_confirm_have_buttons(as_user, alice, source, first):
    browser = as_user(alice)
    HeldPush.objects.create(source=source, revision=first, removed=["git.netops/one/Other"], job_count=2)

    waiting = Page(browser.get(PAGE))
    browser.post(f"{PAGE}pin/{first.pk}/")
    pinned = Page(browser.get(PAGE))
    browser.post(f"{PAGE}unpin/")
    browser.post(f"{PAGE}confirm/", {"commit": first.identifier})

    assert "would remove 1 of 2 jobs, so it waits for a confirmation" in waiting.text
    assert "Waits for you" in waiting.text
    assert "Pinned to aaaaaaaaaaaa" in pinned.text
    assert GitRepository.objects.get().pinned_commit == ""
    assert HeldPush.objects.get().confirmed_by == alice


@pytest.mark.parametrize("action", ["rollback", "pin"])
def test_the_buttons_are_for_those_who_may(as_user, bob, source, first, action):
    assert as_user(bob).post(f"{PAGE}{action}/{first.pk}/").status_code == 403


def test_a_revision_tells_what_it_changed_and_what_does_not_load(as_user, bob, source):
    page = Page(as_user(bob).get(f"/extras/revisions/{source_head()}/"))

    assert "two stays at aaaaaaaaaaaa" in page.text
    assert "SyntaxError: invalid syntax" in page.text
    assert "git.netops/ one/ Other" in page.text or "git.netops/one/Other" in page.text.replace(" ", "")


def test_what_was_new_when_a_revision_was_read_again_is_told_apart(as_user, bob, source):
    head = Revision.objects.get(pk=source_head())
    again = RevisionEvent(source=source, revision=head, previous=head, kind=PUBLISHED)
    again.changes = {"removed": ["git.netops/one/Gone"]}
    again.save()

    text = Page(as_user(bob).get(f"/extras/revisions/{head.pk}/")).text.replace(" ", "")

    since, _, changed = text.partition("Whatitchanged")
    assert "Whatwasnewwhenitwasreadagainremovedgit.netops/one/Gone" in since
    assert "addedgit.netops/one/Other" in changed
    assert "Readagain·" in changed


def test_revisions_out_of_reach_are_not_there(as_user, charlie, source, first):
    browser = as_user(charlie)

    assert browser.get(f"/extras/revisions/{first.pk}/").status_code == 404
    assert browser.get(f"/extras/revisions/{first.pk}/differences/{source_head()}/").status_code == 404


def test_differences_tell_jobs_even_when_the_files_are_gone(as_user, bob, source, first):
    page = Page(as_user(bob).get(f"/extras/revisions/{first.pk}/differences/{source_head()}/"))

    assert "added" in page.text
    assert "are not on this machine any more" in page.text


def test_the_form_of_comparing_leads_to_the_differences(as_user, bob, source, first):
    answer = as_user(bob).get(f"/extras/revisions/{source_head()}/compare/", {"with": str(first.pk)})

    assert answer.url == f"/extras/revisions/{first.pk}/differences/{source_head()}/"


def test_the_folder_has_a_page_of_its_own(as_user, bob):
    local = cast.local_source()
    lease = take_lease(local)
    publish(lease, facts("c"), Findings(reports=[good("one", "One")]))

    page = Page(as_user(bob).get("/extras/sources/local/"))

    assert "Published" in page.text
    assert as_user(bob).get("/extras/sources/git.netops/").status_code == 404


def test_the_code_of_a_job_says_so_when_it_is_gone(as_user, bob, source):
    page = Page(as_user(bob).get("/extras/jobs/git.netops/one/Other/source/"))

    assert "is not on this machine" in page.text


def test_code_is_highlighted_by_classes_and_hostile_text_stays_text():
    lines = code_lines("class A:\n    x = '</code><script>'\n", "a.py", marked=2)

    assert [line.number for line in lines] == [1, 2]
    assert 'class="jy-c-k"' in lines[0].html
    assert "<script>" not in lines[1].html
    assert "style=" not in "".join(line.html for line in lines)
    assert [line.is_marked for line in lines] == [False, True]


def test_an_extract_is_the_lines_around():
    text = "\n".join(f"line{number}" for number in range(1, 21))

    assert [line.number for line in extract(text, "a.txt", 2)] == [1, 2, 3, 4, 5]
    assert extract(text, "a.txt", 99) == []
