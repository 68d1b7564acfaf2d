"""Inputs that people remember: saved from the form, filled in again, shared, renamed, forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.models import describe_job
from jobyard_server.registry.saved_inputs import broken_inputs, presets
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db
PAGE = "/extras/jobs/local/example/Probe/"


@pytest.fixture
def job(worker):
    return cast.make_job(
        variable("StringVar", "name"),
        variable("IntegerVar", "count", has_default=True, default=3),
        variable("StringVar", "pw", secret=True, required=False),
        variable("FileVar", "plan", required=False),
        task_queues=["default", "slow"],
    )


@pytest.fixture
def save(as_user, job, bob):
    """``save("Nights", name="x")``: what Bob has filled in, under a name."""

    def post(preset, user=bob, **fields):
        return as_user(user).post(PAGE, {"_preset_save": "1", "_preset_name": preset, **fields})

    return post


def test_what_is_filled_in_is_remembered_without_secrets_and_filled_in_again(save, as_user, bob):
    response = save("Nights", name="x", count="", pw="correct horse", _task_queue="slow")

    preset = JobPreset.objects.get()
    assert preset.inputs == {"name": "x", "count": None}
    assert (preset.user, preset.commit, preset.task_queue, preset.is_shared) == (bob, False, "slow", False)
    assert response.url == f"{PAGE}?preset={preset.pk}"
    page = Page(as_user(bob).get(response.url))
    assert page.field("name")["value"] == "x"
    assert page.field("count")["value"] == ""
    assert "checked" not in page.field("_commit")
    assert page.field("_preset_name")["value"] == "Nights"
    assert not JobResult.objects.exists()


def test_not_everything_has_to_be_filled_in_but_what_is_has_to_fit(save):
    assert save("Some", count="7").status_code == 302

    page = Page(save("Wrong", count="many"))

    assert "Enter a whole number." in page.text
    assert list(JobPreset.objects.values_list("name", flat=True)) == ["Some"]


def test_a_name_is_needed_and_taken_once(save):
    assert "Give it a name under which you find it again." in Page(save(" ")).words
    save("Nights", name="first")

    page = Page(save("Nights", name="second"))

    assert "You have a preset of this name already." in page.text
    assert page.field("_preset_name")["aria-invalid"] == "true"
    applied = JobPreset.objects.get()
    save("Nights", name="third", _preset=str(applied.pk))
    assert JobPreset.objects.get().inputs["name"] == "third"


def test_others_find_only_what_is_shared_and_cannot_change_it(save, as_user, bob):
    reader = cast.make_user("reader", "view_job", "run_job")
    save("Mine", name="x")
    save("Ours", name="y", _preset_shared="on")
    mine, ours = JobPreset.objects.order_by("name")

    page = Page(as_user(reader).get(f"{PAGE}?preset={ours.pk}"))

    assert [attrs["href"] for attrs in page.all("a", class_="jy-preset")] == [f"?preset={ours.pk}"]
    assert "Ours of bob" in page.text
    assert page.field("name")["value"] == "y"
    assert page.field("_preset_name")["value"] == ""
    assert as_user(reader).get(f"/extras/job-presets/{mine.pk}/").status_code == 404
    assert as_user(reader).get(f"/extras/job-presets/{ours.pk}/").status_code == 200
    assert as_user(reader).post(f"/extras/job-presets/{ours.pk}/", {"_preset_name": "z"}).status_code == 403
    assert as_user(reader).post(f"/extras/job-presets/{ours.pk}/delete/").status_code == 403


def test_it_is_renamed_shared_and_forgotten(save, as_user, bob):
    save("Nights", name="x")
    address = f"/extras/job-presets/{JobPreset.objects.get().pk}/"
    browser = as_user(bob)

    refused = browser.post(address, {"_preset_name": ""})
    browser.post(address, {"_preset_name": "Mornings", "_preset_shared": "on"})

    assert "Give it a name" in Page(refused).text
    preset = JobPreset.objects.get()
    assert (preset.name, preset.is_shared) == ("Mornings", True)
    assert "Delete Mornings?" in Page(browser.get(f"{address}delete/")).text
    assert browser.post(f"{address}delete/").url == PAGE
    assert not JobPreset.objects.exists()


def test_a_job_with_sensitive_inputs_remembers_nothing(as_user, bob, worker):
    cast.make_job(variable("StringVar", "name"), has_sensitive_variables=True)

    response = as_user(bob).post(PAGE, {"_preset_save": "1", "_preset_name": "x", "name": "y"})

    assert response.status_code == 409
    assert "may be sensitive, so they are not remembered" in Page(response).text
    assert not JobPreset.objects.exists()


def test_whoever_may_only_look_remembers_nothing(save):
    assert save("x", user=cast.make_user("reader", "view_job"), name="y").status_code == 403


def test_a_new_spec_is_told_what_would_break(save, as_user, bob, job):
    save("Nights", name="long enough", count="7")
    gone = [item for item in job.spec.variables if item.name != "name"]
    changed = [replace(item, max_value=5) if item.name == "count" else item for item in gone]
    spec = replace(job.spec, variables=[*changed, variable("StringVar", "new")])

    (found,) = broken_inputs(presets([job]), {job.pk: spec})

    assert found["what"] == "the preset Nights of bob"
    assert found["errors"] == {"name": ["Job data contained an unknown property"]}
    cast.Job.objects.update(**describe_job(replace(spec, variables=[*job.spec.variables[:1], *changed])))
    page = Page(as_user(bob).get(f"{PAGE}?preset={JobPreset.objects.get().pk}"))
    assert "Ensure this value is less than or equal to 5." in page.words
    assert page.field("count")["value"] == "7"


def test_a_preset_that_is_not_there_leaves_the_defaults(job, as_user, bob):
    page = Page(as_user(bob).get(f"{PAGE}?preset=nonsense"))

    assert "That preset was not found" in page.text
    assert page.field("count")["value"] == "3"


def test_rows_are_told_by_name_to_whoever_may_see_them(as_user, alice, bob, worker):
    region = Region.objects.create(name="North", slug="north")
    cast.make_job(variable("ObjectVar", "region", model="dcim.region", label="Where"))
    as_user(bob).post(
        PAGE, {"_preset_save": "1", "_preset_name": "x", "_preset_shared": "on", "region": region.pk}
    )
    address = f"/extras/job-presets/{JobPreset.objects.get().pk}/"

    assert "Where North" in Page(as_user(alice).get(address)).text
    assert f"Where {region.pk}" in Page(as_user(bob).get(address)).text
