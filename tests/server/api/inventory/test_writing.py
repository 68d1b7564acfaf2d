"""Creating, changing and deleting rows over REST, one and many."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from tests.server.inventory.cast import Lab

from jobyard_server.inventory.dcim.models import Cable, Device, Interface, InterfaceTemplate, Site
from jobyard_server.inventory.extras.models import CustomField, Tag
from jobyard_server.inventory.ipam.models import IPAddress, Prefix

pytestmark = pytest.mark.django_db

DEVICES = "/api/dcim/devices/"
SITES = "/api/dcim/sites/"


@pytest.fixture
def net(db):
    return Lab()


def body(net, name="sw1", **values):
    base = {"device_type": str(net.kind.pk), "device_role": {"slug": "access-switch"}, "site": "ams01"}
    return {"name": name, **base, "status": "active", **values}


def test_a_device_with_everything(alice, net):
    InterfaceTemplate.objects.create(device_type=net.kind, name="eth1", type="1000base-t")

    made = alice.post(DEVICES, body(net, serial="S1", tags=["New", {"name": "New"}], face=None))

    assert made.status_code == 201, made.json()
    shown = made.json()
    assert (shown["display"], shown["serial"], shown["face"]) == ("sw1", "S1", None)
    assert shown["status"]["value"] == "active"
    assert shown["device_role"]["slug"] == "access-switch"
    assert [tag["name"] for tag in shown["tags"]] == ["New"]
    assert Interface.objects.get(device_id=shown["id"]).name == "eth1"


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"site": "nowhere"}, "site", "Related object not found using the provided attributes: nowhere"),
        ({"site": {"region": "x"}}, "site", "Related object not found"),
        ({"site": []}, "site", "Related object not found"),
        ({"site": None}, "site", "This field may not be null."),
        ({"status": "nonsense"}, "status", "Related object not found"),
        ({"position": 3}, "position", "Cannot select a rack position without assigning a rack."),
        ({"position": "x"}, "position", "A valid integer is required."),
        ({"position": -1}, "position", "Ensure this value is greater than or equal to 0."),
        ({"name": "x" * 65}, "name", "Ensure this field has no more than 64 characters."),
        ({"face": "top"}, "face", '"top" is not a valid choice.'),
        ({"device_tpye": 1}, "device_tpye", "There is no such field."),
        ({"custom_fields": {"owner": 1}}, "custom_fields", "There is no custom field “owner” for this type."),
        ({"tags": "x"}, "tags", 'Expected a list of items but got type "str".'),
        ({"name": "a\x00b"}, "name", "Null characters are not allowed."),
    ],
)
def test_what_is_refused_is_told_by_field(alice, net, values, field, message):
    answer = alice.post(DEVICES, body(net, **values))

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert message in answer.json()[field][0]
    assert Device.objects.count() == 0


@pytest.mark.parametrize("sent", [[], "x", 1, None, [1], [[]], [None]])
def test_bodies_that_are_no_rows(alice, net, sent):
    for method in ("post", "patch", "put", "delete"):
        assert getattr(alice, method)(SITES, sent).status_code == 400


def test_partial_and_full_updates(alice, net):
    device = net.device("a", serial="S1")
    place = f"{DEVICES}{device.pk}/"

    assert alice.patch(place, {"serial": "S2"}).json()["serial"] == "S2"
    assert alice.patch(place, {"status": {"value": "planned", "label": "Planned"}}).status_code == 400
    assert alice.patch(place, {"status": {"slug": "planned"}}).json()["status"]["value"] == "planned"
    assert "device_type" in alice.put(place, {"name": "b"}).json()
    device.refresh_from_db()
    assert (device.name, device.serial, device.status) == ("a", "S2", "planned")


def test_many_are_created_or_none(alice, net):
    sent = [body(net, f"sw{n}") for n in range(3)]
    made = alice.post(DEVICES, sent)

    assert made.status_code == 201
    assert [row["name"] for row in made.json()] == ["sw0", "sw1", "sw2"]

    refused = alice.post(DEVICES, [body(net, "new"), body(net, "sw1"), body(net, "x", site="nowhere")])
    assert refused.status_code == 400
    first, second, third = refused.json()
    assert (first, list(second), list(third)) == ({}, ["__all__"], ["site"])
    assert not Device.objects.filter(name="new").exists()


def test_rows_of_one_request_see_each_other(alice, net):
    refused = alice.post(SITES, [{"name": "A", "slug": "a"}, {"name": "A", "slug": "b"}])

    assert refused.json() == [{}, {"name": ["Site with this Name already exists."]}]
    assert not Site.objects.filter(name="A").exists()


def test_many_are_changed_or_none(alice, net):
    a, b = net.device("a"), net.device("b")

    changed = alice.patch(DEVICES, [{"id": str(row.pk), "serial": f"S-{row.name}"} for row in (b, a)])
    refused = alice.patch(
        DEVICES, [{"id": str(a.pk), "serial": "X"}, {"id": str(b.pk), "asset_tag": "y" * 99}]
    )

    assert [row["serial"] for row in changed.json()] == ["S-b", "S-a"]
    assert (refused.status_code, refused.json()[0], list(refused.json()[1])) == (400, {}, ["asset_tag"])
    a.refresh_from_db()
    assert a.serial == "S-a"


def test_many_are_deleted_or_none(alice, net):
    a, b = net.device("a"), net.device("b")

    assert alice.delete(DEVICES, [{"id": str(a.pk)}, {"id": str(net.site.pk)}]).status_code == 400
    assert Device.objects.count() == 2
    assert alice.delete(DEVICES, [{"id": str(a.pk)}, {"id": str(b.pk)}]).status_code == 204
    assert Device.objects.count() == 0


def test_what_others_depend_on_stays(alice, net):
    net.device("a")

    answer = alice.delete(f"{SITES}{net.site.pk}/")

    assert answer.status_code == 409
    assert answer.json() == {"detail": "Other rows depend on it: device a."}


def test_cables_by_type_and_id(alice, net):
    a, b = (net.interface(net.device(name)) for name in "ab")
    sent = {
        "termination_a_type": "dcim.interface",
        "termination_a_id": str(a.pk),
        "termination_b_type": "dcim.interface",
        "termination_b_id": str(b.pk),
        "type": "cat6",
        "status": "connected",
    }

    made = alice.post("/api/dcim/cables/", sent).json()

    assert made["termination_a"]["name"] == "eth0"
    assert (made["termination_b_type"], made["type"]["label"]) == ("dcim.interface", "CAT6")
    again = alice.post("/api/dcim/cables/", sent)
    assert "already has a cable attached" in str(again.json())
    assert Cable.objects.count() == 1
    wrong = alice.post("/api/dcim/cables/", {**sent, "termination_a_type": "dcim.nothing"})
    assert list(wrong.json()) == ["termination_a_type"]
    missing = alice.post("/api/dcim/cables/", {**sent, "termination_a_id": str(net.site.pk)})
    assert missing.json() == {"termination_a": ["There is no interface with this id."]}


def test_addresses_and_prefixes(alice, net):
    interface = net.interface(net.device("a"))
    owner = {"assigned_object_type": "dcim.interface", "assigned_object_id": str(interface.pk)}

    made = alice.post("/api/ipam/ip-addresses/", {"address": "10.0.0.1/24", **owner}).json()
    assert (made["address"], made["host"], made["prefix_length"]) == ("10.0.0.1/24", "10.0.0.1", 24)
    assert made["assigned_object"]["name"] == "eth0"
    bad = alice.post("/api/ipam/prefixes/", {"prefix": "10.0.0.1/24"}).json()
    assert bad == {"prefix": ["10.0.0.1/24 is not a valid prefix. Did you mean 10.0.0.0/24?"]}
    assert alice.post("/api/ipam/prefixes/", {"prefix": "nonsense"}).status_code == 400


def test_custom_fields_are_merged(alice, net):
    for name in ("owner", "ticket"):
        field = CustomField.objects.create(name=name)
        field.content_types.add(ContentType.objects.get_for_model(Site))
    place = f"{SITES}{net.site.pk}/"

    alice.patch(place, {"custom_fields": {"owner": "netops", "ticket": "1"}})
    shown = alice.patch(place, {"custom_fields": {"ticket": "2"}}).json()

    assert shown["custom_fields"] == {"owner": "netops", "ticket": "2"}


@pytest.mark.parametrize(
    ("address", "query", "found"),
    [
        (DEVICES, "name__ic=CORE", ["core1"]),
        (DEVICES, "name__nisw=core", ["edge1"]),
        (DEVICES, "site=ams01", ["core1", "edge1"]),
        (DEVICES, "region=europe", ["core1", "edge1"]),
        (DEVICES, "role=access-switch&name__n=core1", ["edge1"]),
        (DEVICES, "device_role=access-switch", ["core1", "edge1"]),
        (DEVICES, "manufacturer=acme&status=active", ["core1"]),
        (DEVICES, "status=active&status=planned", ["core1", "edge1"]),
        (DEVICES, "tenant=null", ["core1", "edge1"]),
        (DEVICES, "tag=blue", ["core1"]),
        (DEVICES, "tag=blue&tag=red", []),
        (DEVICES, "has_primary_ip=true", ["core1"]),
        (DEVICES, "has_primary_ip=false", ["edge1"]),
        (DEVICES, "mac_address=00:11:22:33:44:55", ["core1"]),
        (DEVICES, "cf_owner=net", ["core1"]),
        (DEVICES, "cf_owner__n=netops", ["edge1"]),
        (DEVICES, "q=COR", ["core1"]),
        ("/api/dcim/interfaces/", "device=core1", ["eth0"]),
        ("/api/dcim/interfaces/", "site=ams01&type=1000base-t&enabled=true", ["eth0"]),
        ("/api/dcim/interfaces/", "enabled=false", []),
        ("/api/dcim/device-types/", "manufacturer=acme&tag=blue", []),
        ("/api/ipam/ip-addresses/", "parent=10.0.0.0/24&device=core1", ["10.0.0.1/24"]),
        ("/api/ipam/ip-addresses/", "family=6", []),
        ("/api/ipam/prefixes/", "within=10.0.0.0/8&mask_length=24", ["10.0.0.0/24"]),
        ("/api/ipam/prefixes/", "contains=10.0.0.7", ["10.0.0.0/24"]),
        ("/api/ipam/prefixes/", "prefix=10.0.0.0/24&prefix_length__gte=20", ["10.0.0.0/24"]),
    ],
)
def test_filters(alice, net, address, query, found):
    field = CustomField.objects.create(name="owner")
    field.content_types.add(ContentType.objects.get_for_model(Device))
    core = net.device("core1", custom_field_data={"owner": "netops"})
    net.device("edge1", status="planned", custom_field_data={"owner": "sysops"})
    core.tags.add("blue")
    Tag.objects.create(name="red", slug="red")
    core.primary_ip4 = IPAddress.objects.create(
        address="10.0.0.1/24",
        assigned_object=net.interface(core, mac_address="00:11:22:33:44:55"),
    )
    core.save()
    Prefix.objects.create(prefix="10.0.0.0/24")

    page = alice.get(f"{address}?{query}").json()

    assert [row["display"] for row in page["results"]] == found, page


@pytest.mark.parametrize(
    "query",
    [
        *(
            "nmae=x",
            "site__name=x",
            "status__color=x",
            "name__regex=.",
            "device_type__model=x",
            "cf_nothing=1",
        ),
        *(
            "has_primary_ip=maybe",
            "site_id=x",
            "position=x",
            "mac_address=x",
            "position__ic=1",
            "_id=1",
            "pk=1",
        ),
        *(
            "local_context_data=x",
            "created=x",
            "name=%00",
            "custom_field_data=1",
        ),
    ],
)
def test_what_is_no_filter_is_told(alice, net, query):
    answer = alice.get(f"{DEVICES}?{query}")

    assert (answer.status_code, list(answer.json())) == (400, [query.partition("=")[0]])
