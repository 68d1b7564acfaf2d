"""Applying a dry run whose inputs were not kept: its page opens the form, which asks for them again."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.server.ui.cast import Page

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult

SECRETIVE = """
    from django.forms import PasswordInput
    from jobyard import FileVar, IntegerVar, Job, StringVar
    from nautobot.dcim.models import Region


    class Sensitive(Job):  # has_sensitive_variables is true unless a job says otherwise
        name = StringVar()
        count = IntegerVar(min_value=1)

        def run(self, data, commit):
            for number in range(data["count"]):
                slug = f"{data['name']}-{number}".lower()
                Region(name=f"{data['name']} {number}", slug=slug).validated_save()


    class WithSecret(Job):
        name = StringVar()
        password = StringVar(widget=PasswordInput)

        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            assert data["password"] == "swordfish"
            Region(name=data["name"], slug=data["name"].lower()).validated_save()


    class WithFile(Job):
        names = FileVar()

        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            for name in data["names"].read().decode().split():
                Region(name=name, slug=name.lower()).validated_save()
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(client, service):
    client.force_login(service.user)
    return client


def dry_run(service, name, data, **more):
    service.publish(secretive=SECRETIVE)
    return service.run("secretive", name, data, commit=False, **more)


def form_to_apply(browser, result):
    """Follows the button on the page of the result; the address and the fields of the form."""
    shown = Page(browser.get(f"/extras/jobs/results/{result.pk}/"))
    (link,) = [link for link in shown.all("a", class_="btn btn-primary") if "_applies" in link["href"]]
    form = Page(browser.get(link["href"]))
    assert "This applies the dry run" in form.text
    return form


def send(browser, service, result, **fields):
    name = result.job_model.class_path
    fields = {"_applies": str(result.pk), "_require_same_plan": "on", **fields}
    answer = browser.post(f"/extras/jobs/{name}/", fields)
    if answer.status_code != 302:
        return answer
    return service.finish(JobResult.objects.get(applies=result, status="pending"))


def test_the_form_asks_again_and_the_plan_is_the_guard(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})
    form = form_to_apply(browser, plan)

    result = send(browser, service, plan, name="Top", count="2")

    assert form.field("_applies")["value"] == str(plan.pk)
    assert "checked" in form.field("_require_same_plan")
    assert not form.all("input", name="_commit")
    assert (form.field("name")["value"], form.field("count")["value"]) == ("", "")
    assert (result.status, result.commit, result.revision_id) == ("completed", True, plan.revision_id)
    assert Region.objects.count() == 2


def test_other_inputs_make_another_plan_and_nothing_is_kept(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})

    result = send(browser, service, plan, name="Top", count="3")

    assert (result.status_reason, result.data_committed) == ("plan_differs", False)
    assert Region.objects.count() == 0
    shown = Page(browser.get(f"/extras/jobs/results/{result.pk}/")).text
    assert "Made, but not approved" in shown
    assert "Approved, but not made" not in shown


def test_without_the_tick_other_changes_are_made(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})

    result = send(browser, service, plan, name="Top", count="3", _require_same_plan="")

    assert (result.status, Region.objects.count()) == ("completed", 3)


def test_what_is_no_secret_is_filled_in(browser, service):
    plan = dry_run(service, "WithSecret", {"name": "Top", "password": "swordfish"})
    form = form_to_apply(browser, plan)

    result = send(browser, service, plan, name="Top", password="swordfish")

    assert form.field("name")["value"] == "Top"
    assert not form.field("password").get("value")
    assert (result.status, Region.objects.get().name) == ("completed", "Top")


def test_files_are_uploaded_again(browser, service):
    def names():
        return SimpleUploadedFile("names.txt", b"North South")

    plan = dry_run(service, "WithFile", {}, files={"names": names()})
    form = form_to_apply(browser, plan)

    result = send(browser, service, plan, names=names())

    assert form.field("names")["type"] == "file"
    assert (result.status, Region.objects.count()) == ("completed", 2)


def test_wrong_inputs_come_back_in_a_form_that_still_applies(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})

    form = Page(send(browser, service, plan, name="Top", count="0", _require_same_plan=""))

    assert "Ensure this value is greater than or equal to 1." in form.text
    assert form.field("_applies")["value"] == str(plan.pk)
    assert "checked" not in form.field("_require_same_plan")
    assert not JobResult.objects.filter(applies=plan).exists()


def test_a_dry_run_that_is_gone_starts_nothing(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})
    address = f"/extras/jobs/{plan.job_model.class_path}/"

    gone = browser.post(address, {"_applies": str(uuid.uuid4()), "name": "Top", "count": "2"})
    nonsense = browser.get(address, {"_applies": "nonsense"})

    assert (gone.status_code, JobResult.objects.count()) == (409, 1)
    assert "that this form applies was not found" in Page(gone).text
    assert (nonsense.status_code, Page(nonsense).all("input", name="_applies")) == (200, [])


def test_what_has_no_place_left_is_sent_to_the_form(browser, service):
    plan = dry_run(service, "Sensitive", {"name": "Top", "count": 2})

    answer = browser.post(f"/extras/jobs/results/{plan.pk}/apply/", {"require_same_plan": "on"})

    assert answer.url.endswith(f"/secretive/Sensitive/?_applies={plan.pk}")
