"""The plan on the page of a result, and the pages of the change log."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.ui.cast import Page, make_job, make_result, make_user, make_worker

from jobyard.spec import VariableSpec
from jobyard_server.changes.models import ObjectChange, PlannedChange
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.inventory.extras.models import Tag
from jobyard_server.registry.models import Revision
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    user = make_user("alice", is_superuser=True)
    client.force_login(user)
    return user


def dry_run(**fields):
    job = make_job(**{key: fields.pop(key) for key in ("has_sensitive_variables",) if key in fields})
    return make_result(job, commit=False, revision=Revision.objects.get(), data_committed=False, **fields)


def planned(result):
    """The changes of the log, as a dry run would have left them."""
    for row in ObjectChange.objects.order_by("id"):
        copied = (
            "time",
            "action",
            "changed_object_type_id",
            "changed_object_id",
            "object_repr",
            "before",
            "after",
        )
        values = {name: getattr(row, name) for name in copied}
        PlannedChange.objects.create(job_result=result, sequence=row.pk, **values)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return Page(answer)


def test_a_dry_run_shows_names_instead_of_keys(client, alice, lab):
    ObjectChange.objects.all().delete()
    north = Region.objects.create(name="North", slug="north")
    Region.objects.filter(pk=lab.region.pk).update(parent=north)
    device = lab.device("sw1")
    device.tags.set([Tag.objects.create(name="edge", slug="edge")])
    result = dry_run()
    planned(result)
    device.delete()

    shown = page(client, f"/extras/jobs/results/{result.pk}/")

    assert "4 would be created 2 would be changed 0 would be deleted" not in shown.text
    assert re.search(r"3 would be created 2 would be changed 0 would be deleted", shown.text)
    assert re.search(r"region Europe Updated parent empty → becomes North", shown.text)
    assert re.search(r"Updated tags empty → becomes edge", shown.text)
    assert shown.all("a", href=north.get_absolute_url())
    assert not shown.all("a", href=device.get_absolute_url())
    assert "Only if it makes exactly these changes" in shown.text
    assert shown.all("form", action=f"/extras/jobs/results/{result.pk}/apply/")


def test_values_are_text_and_never_markup(client, alice):
    Region.objects.create(name="<script>alert(1)</script>", slug="x", description="<b>bold</b>")
    result = dry_run()
    planned(result)

    shown = page(client, f"/extras/jobs/results/{result.pk}/")

    assert "<script>alert(1)</script>" in shown.text
    assert not shown.all("b")


def test_a_long_plan_goes_on_on_pages_of_its_own(client, alice, django_assert_max_num_queries):
    Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(450))
    result = dry_run()
    planned(result)
    with django_assert_max_num_queries(25):
        shown = page(client, f"/extras/jobs/results/{result.pk}/").text
    assert re.search(r"All \d{3,} changes", shown)  # other tests may have left some in the log

    names, address = [], f"/extras/jobs/results/{result.pk}/plan/"
    while address:
        shown = page(client, address)
        names += re.findall(r"region (r\d+) ", shown.text)
        links = [link["href"] for link in shown.all("a", rel="next")]
        address = f"/extras/jobs/results/{result.pk}/plan/{links[0]}" if links else None

    assert names == [f"r{n}" for n in range(450)]


def test_apply_starts_the_run_and_leads_to_it(client, alice):
    make_worker()
    result = dry_run()
    Region.objects.create(name="North", slug="north")
    planned(result)

    answer = client.post(f"/extras/jobs/results/{result.pk}/apply/", {"require_same_plan": "on"})

    started = JobResult.objects.get(applies=result)
    assert answer.url == f"/extras/jobs/results/{started.pk}/"
    assert (started.commit, started.revision_id, len(started.approved_plan)) == (True, result.revision_id, 64)


def test_a_plan_without_changes_is_neither_offered_nor_applied(client, alice):
    make_worker()
    result = dry_run()

    shown = page(client, f"/extras/jobs/results/{result.pk}/")
    refused = client.post(f"/extras/jobs/results/{result.pk}/apply/", follow=True)

    assert "With commit it would change nothing." in shown.text
    assert not shown.all("form", action=f"/extras/jobs/results/{result.pk}/apply/")
    assert "There are no changes of this dry run to apply; run the job again" in Page(refused).text
    assert not JobResult.objects.filter(applies=result).exists()


@pytest.mark.parametrize(("days", "known"), [(0, True), (90, False)])
def test_a_run_whose_changes_were_forgotten_does_not_say_that_there_were_none(
    client, alice, settings, days, known
):
    settings.JOBYARD = {**settings.JOBYARD, "CHANGELOG_RETENTION": days}
    result = dry_run(age=timedelta(days=91))

    shown = page(client, f"/extras/jobs/results/{result.pk}/").text

    assert ("With commit it would change nothing." in shown) == known
    assert ("older than the changes that are kept" in shown) != known


def test_what_cannot_be_applied_says_why(client, alice):
    make_worker()
    result = make_result(
        make_job(VariableSpec(name="x", type="StringVar", kind="StringVar", label="X")), commit=False
    )

    answer = client.post(f"/extras/jobs/results/{result.pk}/apply/", follow=True)

    assert "not known any more" in Page(answer).text
    assert not JobResult.objects.filter(applies=result).exists()


def test_the_log_is_listed_filtered_and_paged(client, alice):
    Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(60))
    Region.objects.filter(slug="r7").delete()

    newest = page(client, "/extras/object-changes/")
    (older,) = newest.all("a", rel="next")
    rest = page(client, f"/extras/object-changes/{older['href']}")

    assert newest.text.count("Created region") == 49
    assert rest.text.count("Created region") >= 11
    assert "Deleted region r7" in page(client, "/extras/object-changes/?action=delete&type=dcim.region").text
    assert "No change matches" in page(client, "/extras/object-changes/?user=nobody").text


def test_the_log_of_an_object_stays_when_it_is_gone(client, alice):
    region = Region.objects.create(name="North", slug="north")
    address = f"{region.get_absolute_url()}changelog/"
    assert page(client, address).all("a", href=region.get_absolute_url())
    region.delete()

    shown = page(client, address)

    assert "Changes of North" in shown.text
    assert ("Deleted region North" in shown.text, "Created region North" in shown.text) == (True, True)
    (change,) = ObjectChange.objects.filter(action="delete", object_repr="North")
    assert "name North" in page(client, change.get_absolute_url()).text


def test_old_changes_are_forgotten(db, settings):
    from jobyard_server.changes.retention import forget_old_changes  # needs Django

    Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(3))
    newest = ObjectChange.objects.latest("id")
    old = ObjectChange.objects.exclude(pk=newest.pk)
    old.update(time=timezone.now() - timedelta(days=91))

    settings.JOBYARD = {**settings.JOBYARD, "CHANGELOG_RETENTION": 0}
    assert forget_old_changes() == 0
    settings.JOBYARD = {**settings.JOBYARD, "CHANGELOG_RETENTION": 90}
    assert forget_old_changes() >= 2
    assert list(ObjectChange.objects.all()) == [newest]
