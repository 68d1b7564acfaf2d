"""All pages of all kinds of rows: generated from the models, not written."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.ui.cast import Page
from tests.server.ui.inventory.form_of_page import values_in

from jobyard_server.api.inventory.fields import has_files
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.inventory.dcim.models import Cable
from jobyard_server.ui.inventory.addresses import list_url
from jobyard_server.ui.inventory.columns import all_columns
from jobyard_server.ui.inventory.menu import GROUPS

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


def stored(row):
    """The columns of *row* as they are now, but for the time of the last change."""
    values = type(row)._default_manager.filter(pk=row.pk).values().get()
    values.pop("last_updated", None)
    return values


@EVERY
def test_a_row_is_listed_and_shown_at_its_own_address(browser, rows, model):
    row = rows.make(model)
    every_column = ",".join(all_columns(model))

    listed = Page(browser.get(list_url(model), {"columns": every_column}))
    shown = browser.get(row.get_absolute_url())

    assert listed.all("a", href=row.get_absolute_url())
    assert shown.status_code == 200
    assert str(row.pk) in Page(shown).words
    assert browser.get(f"{list_url(model)}filters/").status_code == 200
    assert browser.get(list_url(model), {"q": "nothing-like-this"}).status_code == 200


@EVERY
def test_a_form_that_is_sent_as_it_is_changes_nothing(browser, rows, model):
    row = rows.make(model)
    before = stored(row)
    place = f"{row.get_absolute_url()}edit/"

    answer = browser.post(place, values_in(browser.get(place)))

    assert (answer.status_code, answer.get("Location")) == (302, row.get_absolute_url()), Page(answer).text
    assert stored(row) == before


@EVERY
def test_what_is_exported_can_be_imported(browser, rows, model):
    row = rows.make(model)
    before = stored(row)
    exported = b"".join(browser.get(f"{list_url(model)}export/", {"id": row.pk})).decode()
    lines = exported.splitlines()

    changed = browser.post(f"{list_url(model)}import/", {"table": exported})
    assert changed.status_code == 302, Page(changed).text
    assert stored(row) == before
    template = browser.get(f"{list_url(model)}import/template/").content.decode()
    assert lines[0] == f"id,{template.strip()}"

    browser.post(f"{row.get_absolute_url()}delete/")
    assert not model._default_manager.filter(pk=row.pk).exists()
    added = browser.post(f"{list_url(model)}import/", {"table": exported.replace(str(row.pk), "")})
    if has_files(model):  # which no cell can hold
        assert (added.status_code, "image" in Page(added).text) == (400, True)
        return
    assert added.status_code == 302, Page(added).text
    again = model._default_manager.latest("created")
    fixed = dict.fromkeys(("id", "created", "user_id", "user_name"))  # made anew, by the one who asks
    assert {**stored(again), **fixed} == {**before, **fixed}


@EVERY
def test_an_empty_form_is_told_what_is_missing(browser, model):
    place = f"{list_url(model)}add/"
    assert browser.get(place).status_code == 200

    answer = browser.post(place, {})

    assert answer.status_code == 200
    assert "another look" in Page(answer).text or answer.context["form"].other_errors


@EVERY
def test_rows_are_deleted_after_a_question(browser, rows, model):
    keys = [rows.make(model).pk for _ in range(2)]
    place = f"{list_url(model)}delete/"

    asked = browser.post(place, {"pk": keys})
    assert asked.status_code == 200
    assert model._default_manager.filter(pk__in=keys).count() == 2
    done = browser.post(place, values_in(asked))

    assert done.status_code == 302, Page(done).text
    assert not model._default_manager.filter(pk__in=keys).exists()


@EVERY
def test_the_number_of_queries_does_not_grow_with_the_rows(browser, rows, model):
    row = rows.make(model)
    places = (
        f"{list_url(model)}?columns={','.join(all_columns(model))}",
        f"{list_url(model)}export/",
        row.get_absolute_url(),
    )
    ContentType.objects.clear_cache()

    def counts():
        found = []
        for place in places:
            with CaptureQueriesContext(connection) as queries:
                answer = browser.get(place)
                assert answer.status_code == 200
                if answer.streaming:
                    b"".join(answer)
            found.append(len(queries))
        return found

    counts()
    few = counts()
    rows.make_more(model)
    many = counts()

    assert all(after <= before + 1 for before, after in zip(few, many, strict=True)), (few, many)


def test_every_kind_is_in_the_menu_once():
    listed = [kind for group in GROUPS for kind in group.kinds]

    assert len(listed) == len(set(listed))
    assert set(listed) == set(MODELS)


def test_every_address_of_a_row_leads_to_a_page(rows, browser):
    labels = ("circuits", "dcim", "ipam", "tenancy", "virtualization")
    own = {model for label in labels for model in apps.get_app_config(label).get_models()}

    assert own <= set(MODELS)
    assert browser.get(f"/dcim/devices/{uuid.uuid4()}/").status_code == 404


def test_a_form_names_the_rows_of_any_kind_that_are_chosen(browser, rows):
    cable = rows.make(Cable)
    near, far = cable.termination_a, cable.termination_b

    text = Page(browser.get(f"{cable.get_absolute_url()}edit/")).text

    assert f"Now: {near.device} {near}." in text
    assert f"Now: {far.device} {far}." in text
