"""Tables that people import: natural names, all or nothing, every problem at its row and column."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.grants import grant
from tests.server.inventory.cast import Lab
from tests.server.ui.cast import Page, make_user

from jobyard_server.inventory.dcim.models import Cable, Device, Interface, Site
from jobyard_server.inventory.extras.models import CustomField
from jobyard_server.ui.inventory.importing import MOST_PROBLEMS

pytestmark = pytest.mark.django_db

HEAD = "name,site,device_type,device_role,status"


@pytest.fixture
def net(db):
    return Lab()


def send(browser, text, kind="dcim/devices"):
    return browser.post(f"/{kind}/import/", {"table": text})


def problems(answer):
    assert answer.status_code == 400
    return [(problem.row, problem.column, problem.message) for problem in answer.context["problems"]]


def test_names_slugs_and_ids_tell_rows(browser, net):
    lines = [
        HEAD,
        "sw1,Amsterdam,Switch 48,Access Switch,active",
        "sw2,ams01,switch-48,access-switch,planned",
        f"sw3,{net.site.pk},{net.kind.pk},{net.role.pk},",
    ]

    answer = send(browser, "\n".join(lines))

    assert answer.status_code == 302, Page(answer).text
    found = Device.objects.order_by("name").values_list("name", "status__slug", "site__slug")
    assert [*found] == [("sw1", "active", "ams01"), ("sw2", "planned", "ams01"), ("sw3", "active", "ams01")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_with_other_delimiters_and_a_mark_at_the_front(browser, net, delimiter):
    text = (
        delimiter.join(["name", "slug", "description"]) + "\r\n" + delimiter.join(["X", "x", '"two\nlines"'])
    )
    sent = SimpleUploadedFile("sites.csv", b"\xef\xbb\xbf" + text.encode())

    assert browser.post("/dcim/sites/import/", {"file": sent}).status_code == 302
    assert Site.objects.get(slug="x").description == "two\nlines"


def test_columns_with_dots_say_more(browser, net):
    other = Site.objects.create(name="Oslo", slug="osl01", status="active")
    for site in (net.site, other):
        net.interface(net.device("sw1", site=site))
    head = (
        "termination_a_type,termination_a.device.name,termination_a.device.site,termination_a.name,"
        "termination_b_type,termination_b.device.name,termination_b.device.site,termination_b.name"
    )
    row = "dcim.interface,sw1,ams01,eth0,dcim.interface,sw1,osl01,eth0"

    answer = send(browser, f"{head}\n{row}", "dcim/cables")

    assert answer.status_code == 302, Page(answer).text
    assert {port.device.site.slug for port in Cable.objects.get().terminations} == {"ams01", "osl01"}
    again = send(browser, f"{head}\n{row}", "dcim/cables")
    assert problems(again)[0][:2] == (2, "termination_a.device.name")
    assert "already has a cable attached" in problems(again)[0][2]


def test_one_bad_row_among_many_stops_all(browser, net):
    rows = [f"sw{n},ams01,switch-48,access-switch,active" for n in range(20)]
    rows[7] = "sw7,nowhere,switch-48,access-switch,nonsense"
    rows[12] = "sw3,ams01,switch-48,access-switch,active"

    found = problems(send(browser, "\n".join([HEAD, *rows])))

    assert [(row, column) for row, column, _ in found] == [(9, "site"), (9, "status"), (14, "")]
    assert "nowhere" in found[0][2]
    assert not Device.objects.exists()


def test_rows_with_an_id_are_changed(browser, net):
    device = net.device("sw1", serial="S1", description="old")

    answer = send(browser, f"id,serial,description\n{device.pk},S2,\n")

    assert answer.status_code == 302, Page(answer).text
    device.refresh_from_db()
    assert (device.serial, device.description, device.name) == ("S2", "", "sw1")


def test_changing_needs_the_right_to_change(client, net):
    device, bob = net.device("sw1"), make_user("bob")
    grant(bob, "add_device", "view_device", app="dcim")
    client.force_login(bob)

    found = problems(send(client, f"id,serial\n{device.pk},S2\n"))

    assert found == [(2, "id", "You may not change devices.")]


def test_custom_fields_and_tags(browser, net):
    from django.contrib.contenttypes.models import ContentType

    field = CustomField.objects.create(name="units", type="integer")
    field.content_types.add(ContentType.objects.get_for_model(Site))

    answer = send(browser, 'name,cf_units,tags\nA,7,"red,blue"\n', "dcim/sites")
    refused = send(browser, "name,cf_units\nB,seven\n", "dcim/sites")

    assert answer.status_code == 302, Page(answer).text
    site = Site.objects.get(name="A")
    assert (site.cf["units"], sorted(site.tags.names())) == (7, ["blue", "red"])
    assert problems(refused) == [(2, "cf_units", "Value must be an integer.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (1, "", "The first row must name the columns.")),
        ("name", (2, "", "There is no row below the head.")),
        ("nmae\nx", (1, "nmae", "There is no column “nmae”.")),
        ("name,name\nx,y", (1, "name", "This column is there twice.")),
        ("name,slug\nx", (2, "", "The row has 1 cells, the head has 2.")),
        ("name,slug.x\nx,y", (1, "slug.x", "There is no column “slug.x”.")),
        ('name\n"x', (2, "", "This is no CSV")),
        ("name\na\x00b", (2, "name", "Null characters are not allowed.")),
        ("name\n" + "x" * 101, (2, "name", "Ensure this field has no more than 100 characters.")),
        ("name,asn\nx," + "9" * 40, (2, "asn", "")),
        ("name,region\nx,nowhere", (2, "region", "Related object not found")),
        ("name,region.name.name\nx,y", (2, "region.name.name", "Related object not found")),
        ("id,name\nx,y", (2, "id", "“x” is not an id.")),
    ],
)
def test_what_cannot_be_read_is_told(browser, net, text, expected):
    row, column, message = problems(send(browser, text, "dcim/sites"))[0]

    assert (row, column) == expected[:2]
    assert message.startswith(expected[2])
    assert Site.objects.count() == 1


def test_a_file_that_is_no_text(browser, net):
    answer = browser.post(
        "/dcim/sites/import/", {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04\xff\xfe")}
    )

    assert "UTF-8" in problems(answer)[0][2]


def test_more_problems_than_anybody_reads_are_counted(browser, net):
    answer = send(browser, "name,region\n" + "x,nowhere\n" * (MOST_PROBLEMS + 5), "dcim/sites")

    assert (len(problems(answer)), answer.context["unlisted"]) == (MOST_PROBLEMS, 5)


def test_formulas_stay_text_on_the_way_out_and_back(browser, net):
    site = Site.objects.create(name="=cmd()", slug="a", status="active", description="-5")
    exported = b"".join(browser.get("/dcim/sites/export/", {"slug": "a"})).decode()

    assert "'=cmd()" in exported
    assert ",-5," in exported
    assert send(browser, exported, "dcim/sites").status_code == 302
    site.refresh_from_db()
    assert site.name == "=cmd()"


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_table_is_taken_or_told(browser, net, rows):
    """Never a server error: a refusal has problems, or else all rows are there."""
    import csv
    import io

    held = io.StringIO()
    csv.writer(held).writerows(
        [["name", "mtu", "mac_address", "device", "type"], *([*row, "sw1", "virtual"] for row in rows)]
    )
    Device.objects.filter(name="sw1").first() or net.device("sw1")
    before = Interface.objects.count()

    answer = send(browser, held.getvalue(), "dcim/interfaces")

    assert answer.status_code in (302, 400)
    if answer.status_code == 400:
        assert problems(answer)
        assert Interface.objects.count() == before
