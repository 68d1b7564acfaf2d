"""Job buttons: set up by REST, shown on pages as text, pressed by POST (jobs-behaviour §12)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.server.grants import grant
from tests.server.receivers.cast import button_on, receivers, region

from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.receivers.button_text import LONGEST, text_for
from jobyard_server.receivers.models import JobButton
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult

BUTTONS = "/api/extras/job-buttons/"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7|add:7 }}"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]


@pytest.fixture
def receiver(db):
    return receivers()[1]


@pytest.fixture
def row(db):
    return region()


def browser(caller):
    client = Client()
    client.force_login(caller.user)
    return client


def page(caller, row):
    return browser(caller).get(row.get_absolute_url()).content.decode()


def press(caller, button, row, method="post"):
    told = {"object_type": "dcim.region", "object_id": str(row.pk)}
    return getattr(browser(caller), method)(f"/extras/job-buttons/{button.pk}/press/", told)


class TestRest:
    def test_a_button_is_created_and_read_with_all_its_fields(self, alice, receiver):
        body = {
            "name": "Check",
            "job": str(receiver.pk),
            "content_types": ["dcim.region"],
            "text": "{{ obj.name }}",
        }

        made = alice.post(BUTTONS, body, format="json")

        assert made.status_code == 201, made.data
        shown = alice.get(f"{BUTTONS}{made.data['id']}/").data
        assert {
            *("id", "url", "job", "name", "content_types", "text"),
            *("weight", "group_name", "button_class", "confirmation"),
        } <= set(shown)
        assert (shown["weight"], shown["confirmation"], shown["button_class"]["value"]) == (
            100,
            True,
            "default",
        )

    @pytest.mark.parametrize(
        "text",
        [
            "{% include 'ui/base.html' %}",
            "{% load static %}",
            "{% lorem 100000 w %}",
            "{{ obj|center:'999999999' }}",
            "{% for x in obj %}{% endfor %}",
            "{{ obj.name",
            "{% if %}",
        ],
    )
    def test_a_text_that_is_no_template_for_it_is_refused_at_its_field(self, alice, receiver, text):
        body = {"name": "Check", "job": str(receiver.pk), "content_types": ["dcim.region"], "text": text}

        answer = alice.post(BUTTONS, body, format="json")

        if text == "{{ obj.name":  # plain text to the language, and so it is shown
            assert answer.status_code == 201
        else:
            assert (answer.status_code, list(answer.data)) == (400, ["text"])

    def test_a_job_that_is_no_receiver_is_refused(self, alice, receiver):
        plain = Job.objects.get(job_class_name="Plain")
        body = {"name": "Check", "job": str(plain.pk), "content_types": ["dcim.region"], "text": "x"}

        assert list(alice.post(BUTTONS, body, format="json").data) == ["job"]


class TestText:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Check {{ obj.name }}", "Check North"),
            ("{{ obj }} {{ obj.slug|upper }}", "North NORTH"),
            ("{{ obj.parent.name }}", "All"),
            ("{% if obj.parent.name == 'All' %}yes{% else %}no{% endif %}", "yes"),
            ("{% if obj.slug == 'south' %}South only{% endif %}", ""),
            ("{{ obj.cf.owner }} {{ obj.nothing }}", ""),
            ("{{ obj.delete }}{{ obj.save }}{{ obj.validated_save }}{{ obj.objects }}{{ obj._meta }}", ""),
            ("{{ obj._row }}{{ obj.children }}{{ obj.custom_field_data.x }}", ""),
            ("two\n  lines", "two lines"),
        ],
    )
    def test_it_sees_fields_and_nothing_that_acts(self, db, text, shown):
        above = Region.objects.create(name="All", slug="all")
        row = Region.objects.create(name="North", slug="north", parent=above)

        assert text_for(text, row) == shown
        assert Region.objects.filter(pk=row.pk).exists()

    def test_it_is_cut(self, row):
        row.name = "x" * 500

        assert text_for("{{ obj.name }}", row) == "x" * (LONGEST - 1) + "…"

    def test_it_cannot_reach_people_and_their_passwords(self, alice):
        from jobyard_server.inventory.dcim.models import Rack, RackReservation

        site = Site.objects.create(name="S", slug="s")
        rack = Rack.objects.create(name="R", site=site)
        row = RackReservation.objects.create(rack=rack, units=[1], user=alice.user, description="x")

        assert text_for("{{ obj.user.password }}{{ obj.user }}{{ obj.rack.name }}", row) == "R"


class TestPages:
    def test_the_button_is_on_the_page_of_rows_of_its_kinds(self, alice, receiver, row):
        button = button_on(
            Region, receiver, text="Check {{ obj.name }}", confirmation=False, group_name="Checks"
        )

        shown = page(alice, row)

        assert f'<form method="post" action="/extras/job-buttons/{button.pk}/press/">' in shown
        assert ">Check North</button>" in shown
        assert "Checks</summary>" in shown
        assert "press/" not in page(alice, Site.objects.create(name="S", slug="s"))

    def test_f171_hostile_fields_are_text(self, alice, receiver, row):
        button = button_on(Region, receiver, text="Check {{ obj.name }}")
        Region.objects.update(name=HOSTILE)
        row.refresh_from_db()

        for shown in (page(alice, row), press(alice, button, row, "get").content.decode()):
            assert "<script>alert(1)" not in shown
            assert "<img src=x" not in shown
            assert "Check &lt;script&gt;alert(1)&lt;/script&gt;" in shown
            assert "{{ 7|add:7 }}" in shown  # a field is no template

    def test_an_empty_text_hides_the_button_and_it_cannot_be_pressed(self, alice, receiver, row):
        button = button_on(Region, receiver, text="{% if obj.slug == 'south' %}Go{% endif %}")

        assert "press/" not in page(alice, row)
        assert press(alice, button, row).status_code == 404

    def test_whoever_may_not_run_the_job_sees_no_button(self, charlie, receiver, row):
        button_on(Region, receiver)
        grant(charlie.user, "view_region")

        assert "press/" not in page(charlie, row)

    def test_more_buttons_cost_no_more_queries(self, bob, receiver, row):
        grant(bob.user, "view_region")
        button_on(Region, receiver)
        client = browser(bob)
        client.get(row.get_absolute_url())
        with CaptureQueriesContext(connection) as one:
            client.get(row.get_absolute_url())
        for _ in range(9):
            button_on(Region, receiver)
        with CaptureQueriesContext(connection) as ten:
            shown = client.get(row.get_absolute_url()).content.decode()

        assert shown.count("/press/") == 10
        assert len(ten) == len(one)

    def test_hooks_and_buttons_have_the_pages_of_all_rows(self, alice, receiver):
        button = button_on(Region, receiver)
        client = browser(alice)

        for address in ("", "add/", f"{button.pk}/", f"{button.pk}/edit/", f"{button.pk}/delete/"):
            answer = client.get(f"/extras/job-buttons/{address}")
            assert answer.status_code == 200, address
        form = client.get("/extras/job-buttons/add/").content.decode()
        assert ">Button</option>" in form
        assert ">Plain</option>" not in form  # no receiver
        made = client.post(
            "/extras/job-hooks/add/",
            {
                "name": "From the page",
                "content_types": ["dcim.region", "dcim.site"],
                "job": str(Job.objects.get(job_class_name="Hook").pk),
                "enabled": "on",
                "type_update": "on",
            },
        )
        assert made.status_code == 302, made.content.decode()
        listed = client.get("/extras/job-hooks/").content.decode()
        assert "From the page" in listed
        assert "/extras/jobs/local/hooks/Hook/" in listed


class TestPressing:
    def test_it_runs_the_job_with_the_row_as_whoever_pressed(self, bob, receiver, row):
        grant(bob.user, "view_region")
        button = button_on(Region, receiver)

        answer = press(bob, button, row)

        result = JobResult.objects.get()
        assert (answer.status_code, answer.url) == (302, result.get_absolute_url())
        assert (result.user, result.commit, result.name) == (bob.user, True, "local/hooks/Button")
        assert result.inputs == {"object_pk": str(row.pk), "object_model_name": "dcim.region"}
        assert result.job_hook is None

    def test_asking_starts_nothing(self, alice, receiver, row):
        button = button_on(Region, receiver)

        answer = press(alice, button, row, "get")

        assert answer.status_code == 200
        assert 'method="post"' in answer.content.decode()
        assert not JobResult.objects.exists()

    def test_f164_it_refuses_whoever_may_not_run_the_job(self, charlie, receiver, row):
        grant(charlie.user, "view_region")
        grant(charlie.user, "run_job", constraints={"job_class_name": "Another"})

        answer = press(charlie, button_on(Region, receiver), row)

        assert answer.status_code == 403
        assert "extras.run_job" in answer.content.decode()
        assert not JobResult.objects.exists()

    def test_it_refuses_whoever_may_not_view_the_row(self, bob, receiver, row):
        grant(bob.user, "view_region", constraints={"slug": "south"})

        assert press(bob, button_on(Region, receiver), row).status_code == 404
        assert not JobResult.objects.exists()

    def test_it_needs_the_token_of_the_form(self, alice, receiver, row):
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice.user)
        told = {"object_type": "dcim.region", "object_id": str(row.pk)}

        answer = client.post(f"/extras/job-buttons/{button_on(Region, receiver).pk}/press/", told)

        assert answer.status_code == 403
        assert not JobResult.objects.exists()

    @pytest.mark.parametrize(
        "told",
        [
            {},
            {"object_type": "dcim.region"},
            {"object_type": "dcim.region", "object_id": "nonsense"},
            {"object_type": "no", "object_id": "00000000-0000-4000-8000-000000000000"},
            {"object_type": "users.user", "object_id": "00000000-0000-4000-8000-000000000000"},
            {"object_type": "dcim.region", "object_id": "00000000-0000-4000-8000-000000000000"},
            {"object_type": "dcim.\x00region", "object_id": "\x00"},
        ],
    )
    def test_what_is_not_there_is_a_plain_404(self, alice, receiver, told):
        button = button_on(Region, receiver)

        assert browser(alice).post(f"/extras/job-buttons/{button.pk}/press/", told).status_code == 404

    def test_a_button_of_another_kind_is_not_there(self, alice, receiver, row):
        assert press(alice, button_on(Site, receiver), row).status_code == 404

    def test_a_job_that_cannot_run_says_why_on_the_page_of_the_row(self, alice, receiver, row):
        button = button_on(Region, receiver)
        Job.objects.update(enabled=False)
        client = browser(alice)

        told = {"object_type": "dcim.region", "object_id": str(row.pk)}
        answer = client.post(f"/extras/job-buttons/{button.pk}/press/", told, follow=True)

        assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
        assert "This job is not enabled to be run." in answer.content.decode()
        assert JobButton.objects.count() == 1
