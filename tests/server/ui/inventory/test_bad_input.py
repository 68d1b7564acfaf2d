"""What people get wrong is told at the field, in forms as over REST, and never a server error."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.api.inventory.rows import Rows
from tests.server.inventory.cast import Lab
from tests.server.ui.inventory.form_of_page import values_in

from jobyard_server.api.inventory.models import MODELS
from jobyard_server.inventory.base import TreeModel
from jobyard_server.inventory.dcim.models import InventoryItem, Rack, Region, Site
from jobyard_server.inventory.ipam.models import RIR, VLAN, VRF, Aggregate, IPAddress, Prefix
from jobyard_server.ui.inventory.addresses import list_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def net(db):
    return Lab()


def errors_of(answer):
    assert answer.status_code == 200
    form = answer.context["form"]
    found = {field.name: field.errors for field in (*form.fields, *form.custom) if field.errors}
    return found | ({"": form.other_errors} if form.other_errors else {})


def changed(browser, row, **values):
    """The errors after the form of *row* was sent with other *values*."""
    place = f"{row.get_absolute_url()}edit/"
    return errors_of(browser.post(place, values_in(browser.get(place)) | values))


def added(browser, kind, **values):
    return errors_of(browser.post(f"/{kind}/add/", values))


def test_networks_and_addresses(browser, net):
    rir = RIR.objects.create(name="RFC 1918")
    Aggregate.objects.create(prefix="10.0.0.0/8", rir=rir)
    red = VRF.objects.create(name="red")
    Prefix.objects.create(prefix="10.0.0.0/24", vrf=red)
    IPAddress.objects.create(address="10.0.0.1/24", vrf=red)

    overlapping = added(browser, "ipam/aggregates", prefix="10.1.0.0/16", rir=rir.slug)
    host_bits = added(browser, "ipam/prefixes", prefix="10.0.0.1/24", status="active")
    twice = added(browser, "ipam/prefixes", prefix="10.0.0.0/24", vrf=str(red.pk), status="active")
    same = added(browser, "ipam/ip-addresses", address="10.0.0.1/24", vrf=str(red.pk), status="active")
    nonsense = added(browser, "ipam/ip-addresses", address="10.0.0.300/24", status="active")

    assert "overlap" in overlapping["prefix"][0]
    assert host_bits == {"prefix": ["10.0.0.1/24 is not a valid prefix. Did you mean 10.0.0.0/24?"]}
    assert "Duplicate" in twice["prefix"][0]
    assert "Duplicate" in same["address"][0]
    assert "not a valid IPv4 or IPv6 address" in nonsense["address"][0]


def test_places_that_do_not_fit_together(browser, net):
    oslo = Site.objects.create(name="Oslo", slug="osl01", status="active")
    rack = Rack.objects.create(name="R1", site=oslo, status="active")
    device = net.device("sw1")

    assert "does not belong to site" in changed(browser, device, rack=str(rack.pk))["rack"][0]
    assert "position" in changed(browser, device, position="3")
    assert "status" in changed(browser, device, status="nonsense")
    inner = Region.objects.create(name="NL", slug="nl", parent=net.region)
    assert "parent" in changed(browser, net.region, parent=inner.slug)
    assert "parent" in changed(browser, net.region, parent=net.region.slug)


def test_vlans_of_another_site_and_parts_of_another_device(browser, net):
    oslo = Site.objects.create(name="Oslo", slug="osl01", status="active")
    here, there, everywhere = (
        VLAN.objects.create(vid=vid, name=f"v{vid}", site=site, status="active")
        for vid, site in ((1, net.site), (2, oslo), (3, None))
    )
    port = net.interface(net.device("sw1"))
    place = f"/api/dcim/interfaces/{port.pk}/"
    part = InventoryItem.objects.create(device=port.device, name="card")

    def sent(**values):
        answer = browser.patch(place, values, "application/json")
        return answer.json() if answer.status_code == 400 else answer.status_code

    wrong = ["The VLAN v2 (2) belongs to another site (Oslo)."]
    assert changed(browser, port, mode="access", untagged_vlan=str(there.pk)) == {"untagged_vlan": wrong}
    assert sent(mode="access", untagged_vlan=str(there.pk)) == {"untagged_vlan": wrong}
    assert sent(mode="tagged", tagged_vlans=[str(there.pk)]) == {"tagged_vlans": wrong}
    assert list(sent(mode="access", tagged_vlans=[str(here.pk)])) == ["tagged_vlans"]
    assert sent(mode="tagged", tagged_vlans=[str(here.pk), str(everywhere.pk)]) == 200
    other = {"device": str(net.device("sw2").pk), "name": "port", "parent": str(part.pk)}
    assert list(browser.post("/api/dcim/inventory-items/", other, "application/json").json()) == ["parent"]


TREES = [model for model in MODELS if issubclass(model, TreeModel)]


@pytest.mark.parametrize("model", TREES, ids=lambda model: model.__name__)
def test_no_tree_has_a_cycle(browser, model):
    rows = Rows()
    top = rows.make(model)
    same = {name: getattr(top, name) for name in ("site", "device") if hasattr(top, name)}
    inner = rows.make(model, parent=top, **same)
    lowest = rows.make(model, parent=inner, **same)
    place = f"/api{top.get_absolute_url()}"
    table = f"id,parent\n{top.pk},{lowest.pk}\n"

    by_rest = [
        browser.patch(place, {"parent": str(row.pk)}, "application/json") for row in (top, inner, lowest)
    ]
    by_sheet = browser.post(f"{list_url(model)}import/", {"table": table})

    assert [(answer.status_code, list(answer.json())) for answer in by_rest] == [(400, ["parent"])] * 3
    assert (by_sheet.status_code, "cannot lie within itself" in by_sheet.content.decode()) == (400, True)
    top.parent = lowest
    with pytest.raises(ValidationError, match="cannot lie within itself"):
        top.validated_save()


def test_a_port_that_is_taken(browser, net):
    a, b, c = (net.interface(net.device(name)) for name in "abc")
    net.cable(a, b)
    ends = {
        "termination_a_type": "dcim.interface",
        "termination_b_type": "dcim.interface",
        "status": "connected",
    }

    taken = added(browser, "dcim/cables", termination_a_id=str(c.pk), termination_b_id=str(b.pk), **ends)
    itself = added(browser, "dcim/cables", termination_a_id=str(c.pk), termination_b_id=str(c.pk), **ends)
    unknown = added(browser, "dcim/cables", termination_a_id="eth0", termination_b_id=str(b.pk), **ends)

    assert "already has a cable attached" in taken["termination_b_id"][0]
    assert "itself" in itself["termination_b_id"][0]
    assert unknown["termination_a_id"] == ["“eth0” is not an id."]


def test_statuses_are_those_of_the_kind(browser, net):
    place = f"{net.device('sw1').get_absolute_url()}edit/"

    page = browser.get(place).content.decode()

    assert 'value="staged"' in page
    assert 'value="dhcp"' not in page


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", "a\x00b"),
        ("name", "x" * 65),
        ("vc_position", "9" * 30),
        ("vc_position", "-1"),
        ("site", "\x00"),
    ],
)
def test_texts_that_fit_nowhere(browser, net, name, text):
    assert list(changed(browser, net.device("sw1"), **{name: text})) == [name]


def test_what_was_typed_is_shown_again(browser, net):
    place = f"{net.device('sw1').get_absolute_url()}edit/"

    answer = browser.post(place, values_in(browser.get(place)) | {"serial": "S<1>", "vc_position": "x"})

    assert values_in(answer)["serial"] == ["S<1>"]
    assert values_in(answer)["vc_position"] == ["x"]
    assert "S<1>" not in answer.content.decode()


ANYTHING = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.sampled_from(
        ["\x00", "null", "[]", "{}", "true", "-", "0", "10.0.0.0/8", "💥", "' OR 1=1", "../..", "9" * 400]
    ),
)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_form_or_a_body_says_is_taken_or_told(browser, alice, data):
    """Any kind of rows, any fields, any values: an answer, never a server error."""
    Rows()
    model = data.draw(st.sampled_from(MODELS))
    place = f"{list_url(model)}add/"
    sent = {name: data.draw(ANYTHING) for name in values_in(browser.get(place))}

    form = browser.post(place, sent)
    body = browser.post(
        f"/api{list_url(model)}", {name: data.draw(JSON) for name in sent}, "application/json"
    )
    asked = browser.get(list_url(model), sent)
    rest = browser.get(f"/api{list_url(model)}", sent)

    assert form.status_code in (200, 302)
    assert body.status_code in (201, 400, 403)
    assert asked.status_code == 200
    assert rest.status_code in (200, 400)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), ANYTHING
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
