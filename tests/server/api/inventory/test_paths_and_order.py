"""Cables followed over REST, rows told by what they are parts of, and the order of lists."""

from __future__ import annotations

import pytest
from tests.server.inventory.cast import Lab

from jobyard_server.inventory.dcim.models import Cable

pytestmark = pytest.mark.django_db

INTERFACES = "/api/dcim/interfaces/"


@pytest.fixture
def net(db):
    return Lab()


def test_a_port_tells_what_is_at_its_far_end(alice, net):
    a, b = (net.interface(net.device(name)) for name in ("sw1", "sw2"))
    cable = net.cable(a, b)

    shown = alice.get(f"{INTERFACES}{a.pk}/").json()
    steps = alice.get(f"{INTERFACES}{a.pk}/trace/").json()

    assert shown["connected_endpoint"]["device"]["name"] == "sw2"
    assert (shown["connected_endpoint_type"], shown["connected_endpoint_reachable"]) == (
        "dcim.interface",
        True,
    )
    assert [[part["id"] for part in step] for step in steps] == [[str(a.pk), str(cable.pk), str(b.pk)]]
    assert alice.patch(f"{INTERFACES}{a.pk}/", shown).status_code == 200


def test_a_port_without_a_cable_leads_nowhere(alice, net):
    port = net.interface(net.device("sw1"))

    shown = alice.get(f"{INTERFACES}{port.pk}/").json()

    assert (shown["connected_endpoint"], shown["connected_endpoint_reachable"]) == (None, None)
    assert alice.get(f"{INTERFACES}{port.pk}/trace/").json() == []


def test_the_ends_of_a_cable_are_told_by_name(alice, net):
    for name in ("sw1", "sw2"):
        net.interface(net.device(name))
    body = {
        "termination_a_type": "dcim.interface",
        "termination_a": {"device": "sw1", "name": "eth0"},
        "termination_b_type": "dcim.interface",
        "termination_b": {"device": {"name": "sw2", "site": {"slug": "ams01"}}, "name": "eth0"},
    }

    made = alice.post("/api/dcim/cables/", body)
    missing = alice.post("/api/dcim/cables/", body | {"termination_b": {"device": "sw2", "name": "eth7"}})

    assert made.status_code == 201, made.json()
    assert made.json()["termination_b"]["device"]["name"] == "sw2"
    assert list(missing.json()) == ["termination_b"]
    assert Cable.objects.count() == 1


def test_names_are_ordered_as_people_count(alice, net):
    device = net.device("sw1")
    for name in ("eth10", "eth2", "eth1", "Mgmt"):
        net.interface(device, name)
    net.interface(net.device("sw10"), "a")
    net.interface(net.device("sw2"), "b")

    def names(query=""):
        return [row["name"] for row in alice.get(f"{INTERFACES}?{query}").json()["results"]]

    assert names("device=sw1") == ["Mgmt", "eth1", "eth2", "eth10"]
    assert names("device=sw1&ordering=-name") == ["eth10", "eth2", "eth1", "Mgmt"]
    assert names()[-2:] == ["b", "a"]
    assert names("ordering=device,-name")[:2] == ["eth10", "eth2"]
    assert alice.get(f"{INTERFACES}?ordering=nonsense").json() == {
        "ordering": ["There is no order by “nonsense”."]
    }


def test_each_word_of_a_search_is_somewhere(alice, net):
    for name in ("core1", "edge1"):
        net.interface(net.device(name), "eth0")

    found = alice.get(f"{INTERFACES}?q=CORE eth").json()["results"]

    assert [row["device"]["name"] for row in found] == ["core1"]
