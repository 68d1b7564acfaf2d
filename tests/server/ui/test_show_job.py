"""The page of one job: its form for every kind of variable, what is filled in, and what stands in the way."""

from __future__ import annotations

import json

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard_server.inventory.dcim.models import Site
from jobyard_server.inventory.extras.models import Status

pytestmark = pytest.mark.django_db
PAGE = "/extras/jobs/local/example/Probe/"
COLOURS = [["Warm", [["r", "Red"], ["o", "Orange"]]], ["Cold", [["b", "Blue"]]]]


@pytest.fixture
def show(as_user, alice, worker):
    """``show(variable, …, query)`` is the page of a job with these variables."""

    def page(*variables, query="", user=alice, **spec):
        if not cast.Job.objects.exists():
            cast.make_job(*variables, **spec)
        return Page(as_user(user).get(PAGE + query))

    return page


@pytest.fixture
def sites(db):
    status = Status.objects.get_or_create(slug="active", defaults={"name": "Active"})[0]
    return [Site.objects.create(name=name, slug=name.lower(), status=status) for name in ("Ams", "Ber")]


def option_values(page, *, selected=False):
    return [attrs["value"] for attrs in page.all("option") if not selected or "selected" in attrs]


@pytest.mark.parametrize(
    ("kind", "options", "wanted"),
    [
        ("StringVar", {}, {"type": "text"}),
        ("StringVar", {"secret": True}, {"type": "password", "autocomplete": "new-password"}),
        ("StringVar", {"widget": "django.forms.widgets.EmailInput"}, {"type": "email"}),
        ("StringVar", {"widget": "django.forms.widgets.Textarea"}, {"rows": "5"}),
        ("TextVar", {}, {"rows": "5"}),
        ("IntegerVar", {"min_value": 0, "max_value": 9}, {"type": "number", "min": "0", "max": "9"}),
        ("DecimalVar", {"decimal_places": 2, "min_value": "0.5"}, {"step": "0.01", "min": "0.5"}),
        ("BooleanVar", {}, {"type": "checkbox", "value": "on"}),
        ("ChoiceVar", {"choices": COLOURS}, {"class": "form-select"}),
        ("MultiChoiceVar", {"choices": COLOURS}, {"multiple": ""}),
        ("ObjectVar", {"model": "dcim.site"}, {"class": "form-select"}),
        ("MultiObjectVar", {"model": "dcim.site"}, {"multiple": ""}),
        ("FileVar", {}, {"type": "file"}),
        ("IPAddressVar", {}, {"type": "text", "spellcheck": "false"}),
        ("IPAddressWithMaskVar", {}, {"type": "text"}),
        ("IPNetworkVar", {}, {"type": "text"}),
        ("JSONVar", {}, {"rows": "6"}),
        ("DateVar", {}, {"type": "date"}),
        ("DateTimeVar", {}, {"type": "datetime-local"}),
    ],
)  # fmt: skip  # a table
def test_every_kind_has_its_control(show, kind, options, wanted):
    control = show(variable(kind, "thing", **options)).field("thing")

    assert wanted.items() <= control.items()
    assert control["id"] == "id_thing"


def test_label_help_and_limits_are_tied_to_the_control(show):
    page = show(variable("IntegerVar", "count", label="How many", description="Switches", min_value=1))

    assert "How many" in page.words
    assert "Switches. At least 1." in page.text
    assert page.field("count")["aria-describedby"] == "id_count_error id_count_help"
    assert "required" in page.field("count")


@pytest.mark.parametrize(
    ("kind", "default", "shown"),
    [
        ("StringVar", "x", {"value": "x"}),
        ("IntegerVar", 0, {"value": "0"}),
        ("BooleanVar", True, {"checked": ""}),
        ("DateVar", "2026-03-01", {"value": "2026-03-01"}),
        ("DateTimeVar", "2026-03-01T10:00:00+01:00", {"value": "2026-03-01T09:00:00"}),
    ],
)
def test_defaults_are_filled_in(show, kind, default, shown):
    control = show(variable(kind, "thing", has_default=True, default=default)).field("thing")

    assert shown.items() <= control.items()


def test_a_default_of_json_is_readable(show):
    page = show(variable("JSONVar", "extra", has_default=True, default={"a": [1, None]}))

    assert json.loads(next(word for word in page.words if word.strip().startswith("{"))) == {"a": [1, None]}


def test_choices_keep_their_groups_and_their_default(show):
    page = show(variable("ChoiceVar", "colour", choices=COLOURS, has_default=True, default="o"))

    assert [group["label"] for group in page.all("optgroup")] == ["Warm", "Cold"]
    assert option_values(page) == ["r", "o", "b"]
    assert option_values(page, selected=True) == ["o"]


def test_a_choice_without_default_invites_to_choose(show):
    page = show(variable("ChoiceVar", "colour", choices=[["r", "Red"]]))

    assert option_values(page) == ["", "r"]
    assert "Choose one" in page.words


def test_several_choices_can_be_filled_in(show):
    page = show(variable("MultiChoiceVar", "colour", choices=COLOURS, has_default=True, default=["r", "b"]))

    assert option_values(page, selected=True) == ["r", "b"]


def test_objects_are_offered_by_name_and_ordered(show, sites):
    page = show(variable("ObjectVar", "site", model="dcim.site", required=False))

    assert option_values(page) == ["", *[str(site.pk) for site in sites]]
    assert page.words.index("Ams") < page.words.index("Ber")


def test_the_null_option_comes_first_and_is_chosen(show, sites):
    page = show(variable("ObjectVar", "site", model="dcim.site", required=False, null_option="Anywhere"))

    assert option_values(page)[0] == "null"
    assert option_values(page, selected=True) == ["null"]
    assert "Anywhere" in page.words


def test_the_display_field_names_the_objects(show, sites):
    page = show(variable("ObjectVar", "site", model="dcim.site", display_field="slug"))

    assert "ams" in page.words


def test_fixed_query_params_narrow_the_objects(show, sites):
    planned = Status.objects.get_or_create(slug="planned", defaults={"name": "Planned"})[0]
    Site.objects.filter(name="Ber").update(status=planned)

    params = {"status": ["active", "other"], "region_id": "$region", "nonsense": "x"}
    page = show(variable("ObjectVar", "site", model="dcim.site", query_params=params))

    assert "Ams" in page.words
    assert "Ber" not in page.words


def test_long_lists_are_cut_and_say_so_but_keep_what_is_chosen(show, sites, monkeypatch):
    monkeypatch.setattr("jobyard_server.ui.run_form.object_choices.MOST", 1)

    page = show(variable("ObjectVar", "site", model="dcim.site"), query=f"?site={sites[1].pk}")

    assert option_values(page, selected=True) == [str(sites[1].pk)]
    assert "Only the first 1 sites are listed; a search finds the others." in page.text


def test_objects_are_not_told_to_whoever_may_not_see_them(show, sites, bob):
    page = show(variable("ObjectVar", "site", model="dcim.site"), user=bob)

    assert "Ams" not in page.text
    assert "You may not view sites, so none are offered." in page.text


def test_an_unknown_model_leaves_the_page_usable(show):
    page = show(variable("ObjectVar", "rack", model="dcim.nothing"))

    assert "There are no objects of the type dcim.nothing here." in page.text


def test_fields_follow_the_order_of_the_author(show):
    page = show(
        variable("StringVar", "one"),
        variable("StringVar", "two"),
        field_order=["two", "_commit", "nothing"],
        task_queues=["default", "slow"],
    )

    names = [attrs["name"] for tag, attrs in page.elements if tag in cast.CONTROLS and attrs.get("id")]
    assert names[:4] == ["two", "_commit", "one", "_task_queue"]


def test_the_commit_box_follows_the_default_of_the_job(show):
    page = show(commit_default=True)

    assert "checked" in page.field("_commit")
    assert "Commit changes" in page.words
    assert "Commit changes to the database (uncheck for a dry-run)" in page.text
    assert not page.all("select", name="_task_queue")


def test_the_queues_of_a_job_can_be_chosen(show):
    page = show(task_queues=["celery", "slow"])

    assert option_values(page) == ["default", "slow"]
    assert "The task queue to route this job to" in page.text


def test_a_read_only_job_has_no_commit_box(show):
    page = show(read_only=True)

    assert not page.all("input", name="_commit")
    assert "Read-only" in page.text


def test_the_address_fills_the_form(show):
    page = show(
        variable("StringVar", "text", has_default=True, default="old"),
        variable("BooleanVar", "flag", has_default=True, default=True),
        variable("MultiChoiceVar", "many", choices=[["1", "One"], ["2", "Two"]]),
        query="?text=new&flag=false&many=1&many=2&_commit=0",
    )

    assert page.field("text")["value"] == "new"
    assert "checked" not in page.field("flag")
    assert option_values(page, selected=True) == ["1", "2"]
    assert "checked" not in page.field("_commit")


def test_the_address_never_fills_in_a_secret(show):
    assert show(variable("StringVar", "pw", secret=True), query="?pw=x").field("pw")["value"] == ""


def test_an_earlier_run_fills_the_form(show, alice):
    job = cast.make_job(
        variable("StringVar", "text"), variable("IntegerVar", "count", has_default=True, default=1)
    )
    earlier = cast.make_result(job, inputs={"text": "again", "count": 7, "gone": 1}, commit=False)

    page = show(query=f"?kwargs_from_job_result={earlier.pk}")

    assert page.field("text")["value"] == "again"
    assert page.field("count")["value"] == "7"
    assert "checked" not in page.field("_commit")


def test_inputs_that_were_not_kept_are_said_to_be_missing(show):
    job = cast.make_job(variable("StringVar", "text"))
    earlier = cast.make_result(job, inputs={})

    assert "were not kept" in show(query=f"?kwargs_from_job_result={earlier.pk}").text


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_earlier_run_that_is_unknown_is_said_to_be(show, key):
    assert "The earlier run was not found" in show(query=f"?kwargs_from_job_result={key}").text


def test_the_inputs_of_another_jobs_run_are_not_taken(show):
    other = cast.make_job(module=cast.make_module(cast.local_source(), "other"))
    result = cast.make_result(other, inputs={"text": "of the other"})
    cast.make_job(variable("StringVar", "text"))

    assert "of the other" not in show(query=f"?kwargs_from_job_result={result.pk}").text


def test_the_code_that_would_run_is_named(show):
    job = cast.make_job(path="jobs/example.py", line=12)
    page = show()

    assert job.module.revision.short in page.text
    assert "jobs/example.py:12" in page.text


def test_the_description_is_markdown(show):
    page = show(description="Does **this**:\n\n- one\n- two")

    assert page.all("strong")
    assert "one" in page.words


def button(page):
    return next(attrs for attrs in page.all("button") if attrs.get("class") == "btn btn-primary")


def test_a_job_that_can_be_run_has_a_button(show):
    page = show()

    assert "Run Job" in page.words
    assert "disabled" not in button(page)


def test_without_the_permission_the_button_is_disabled(show):
    reader = cast.make_user("dave", "view_job")

    page = show(user=reader)

    assert "You do not have permission to run jobs." in page.text
    assert "disabled" in button(page)


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"enabled": False}, "This job is not enabled to be run."),
        ({"installed": False}, "This job is not presently installed and cannot be run"),
    ],
)
def test_what_stands_in_the_way_is_said(show, columns, text):
    page = show(**columns)

    assert text in page.text
    assert "disabled" in button(page)


@pytest.mark.parametrize("kind", ["is_job_hook_receiver", "is_job_button_receiver"])
def test_a_receiver_has_no_button_to_run_it(show, kind):
    page = show(**{kind: True})

    assert "This job is started by changes and buttons, not by people." in page.text
    assert "Run Job" not in page.text
    assert "data-run-form" not in page.text


def test_without_a_published_version_nothing_can_be_run(show):
    cast.make_job(module=cast.make_module(cast.local_source(), revision=None))

    assert "This job's source code could not be located and cannot be run" in show().text


def test_without_a_worker_nothing_can_be_run(show, worker):
    worker.delete()

    page = show()

    assert "Unable to run job: Celery worker process not running." in page.text
    assert "disabled" in button(page)


def test_one_worker_for_one_of_the_queues_is_enough(show, worker):
    worker.queues = ["slow"]
    worker.save()

    assert "disabled" not in button(show(task_queues=["default", "slow"]))


def test_an_alias_leads_to_the_class_path(as_user, alice):
    cast.make_job(module=cast.make_module(cast.git_source(), "devices"))

    response = as_user(alice).get("/extras/jobs/git/netops/devices/Probe/?x=1")

    assert response.url == "/extras/jobs/git.netops/devices/Probe/?x=1"


@pytest.mark.parametrize("path", ["local/example/Nothing", "git/example/Probe", "x", "local/example/probe"])
def test_an_unknown_class_path_is_not_found(as_user, alice, path):
    cast.make_job()

    assert as_user(alice).get(f"/extras/jobs/{path}/").status_code == 404


def test_recent_runs_are_listed(show, alice):
    result = cast.make_result(cast.make_job(), user=alice)

    assert show().all("a", href=f"/extras/jobs/results/{result.pk}/")
