"""F172, EX-01: no cell of an export is a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.test import Client
from django.utils import timezone
from tests.server.api.cast import caller, published, result_of
from tests.server.grants import grant
from tests.server.inventory.cast import Lab
from tests.server.walk import content_of

from jobyard_server.access.models import User
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobLogEntry
from jobyard_server.ui.inventory.export import cell_text, from_cell

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+cmd|x",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0dx",
    "\uff20x",
]
FORMULAS += ['=HYPERLINK("http://x","y")', "=", "-"]


@pytest.mark.parametrize("text", FORMULAS)
def test_f172_a_text_that_begins_like_a_formula_is_marked_and_comes_back(text):
    assert cell_text(text) == f"'{text}"
    assert from_cell(cell_text(text)) == text


@pytest.mark.parametrize("text", ["-1", "+1.5", "-1e3", "0", "a=b", "'x", "", "10.0.0.0/8"])
def test_f172_numbers_and_other_texts_are_left_alone(text):
    assert cell_text(text) == text
    assert from_cell(text) == text


@pytest.mark.django_db
def test_f172_logs_and_rows_as_they_are_downloaded():
    admin = caller("admin", is_superuser=True)
    result = result_of(published("example", "Hello"))
    for number, text in enumerate(FORMULAS, 1):
        JobLogEntry.objects.create(
            job_result=result,
            sequence=number,
            created=timezone.now(),
            grouping="run",
            message=text,
            log_object=text,
        )
        Region.objects.create(name=f"{text} {number}", slug=f"r-{number}", description=text)
    browser = Client()
    browser.force_login(admin.user)

    log = content_of(admin.get(f"/api/extras/job-results/{result.pk}/logs.csv")).decode()
    rows = content_of(browser.get("/dcim/regions/export/")).decode()

    for table in (log, rows):
        cells = [cell for line in csv.reader(io.StringIO(table, newline="")) for cell in line]
        assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))] == []
        assert sum(cell.startswith("'") for cell in cells) >= len(FORMULAS)


@pytest.mark.django_db
def test_ex02_an_export_has_the_rows_that_the_list_has():
    lab = Lab()
    Region.objects.create(name="Hidden", slug="hidden")
    bob = User.objects.create(username="bob")
    grant(bob, "view_region", constraints={"slug": lab.region.slug})
    browser = Client()
    browser.force_login(bob)

    text = content_of(browser.get("/dcim/regions/export/")).decode()

    assert lab.region.name in text
    assert "Hidden" not in text
