"""What is free in a network, and taking it, by one and by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.server.api.cast import caller

from jobyard_server.inventory.extras.standard_statuses import fill_in
from jobyard_server.inventory.ipam.models import VRF, IPAddress, Prefix


@pytest.fixture
def network(db):
    fill_in()
    return Prefix.objects.create(prefix="10.0.0.0/29", vrf=VRF.objects.create(name="red"))


def place(network, what="ips"):
    return f"/api/ipam/prefixes/{network.pk}/available-{what}/"


def test_free_addresses_are_listed_and_taken_in_order(alice, network):
    IPAddress.objects.create(address="10.0.0.2/29", vrf=network.vrf)

    listed = alice.get(place(network)).json()
    made = alice.post(place(network), {"dns_name": "a.example.com"})
    more = alice.post(place(network), [{}, {}])

    assert [row["address"] for row in listed] == [f"10.0.0.{n}/29" for n in (1, 3, 4, 5, 6)]
    assert (listed[0]["family"], listed[0]["vrf"]["name"]) == (4, "red")
    assert (made.status_code, made.json()["address"], made.json()["dns_name"]) == (
        201,
        "10.0.0.1/29",
        "a.example.com",
    )
    assert [row["address"] for row in more.json()] == ["10.0.0.3/29", "10.0.0.4/29"]
    assert IPAddress.objects.get(address="10.0.0.1/29").vrf == network.vrf
    assert len(alice.get(f"{place(network)}?limit=1").json()) == 1


def test_free_networks_are_listed_and_taken_in_order(alice, network):
    Prefix.objects.create(prefix="10.0.0.0/31", vrf=network.vrf)

    listed = alice.get(place(network, "prefixes")).json()
    made = alice.post(place(network, "prefixes"), [{"prefix_length": 30}, {"prefix_length": 31}])

    assert [row["prefix"] for row in listed] == ["10.0.0.2/31", "10.0.0.4/30"]
    assert [row["prefix"] for row in made.json()] == ["10.0.0.4/30", "10.0.0.2/31"]
    assert alice.get(place(network, "prefixes")).json() == []


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("ips", [{}] * 9, 409),
        ("ips", [], 400),
        ("ips", [1], 400),
        ("ips", "x", 400),
        ("ips", {"status": "nonsense"}, 400),
        ("prefixes", {}, 400),
        ("prefixes", {"prefix_length": "24"}, 400),
        ("prefixes", {"prefix_length": True}, 400),
        ("prefixes", {"prefix_length": 24}, 400),
        ("prefixes", {"prefix_length": 33}, 400),
        ("prefixes", [{"prefix_length": 29}, {"prefix_length": 29}], 409),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_is_taken(alice, network, what, body, status):
    answer = alice.post(place(network, what), body)

    assert answer.status_code == status, answer.json()
    assert (IPAddress.objects.count(), Prefix.objects.count()) == (0, 1)


def test_taking_needs_the_right_to_add(network):
    reader = caller("reader", "view_prefix")
    maker = caller("maker", "view_prefix", "add_ipaddress")

    assert reader.get(place(network)).status_code == 200
    assert reader.post(place(network), {}).status_code == 403
    assert maker.post(place(network), {}).status_code == 201
    assert maker.post(place(network, "prefixes"), {"prefix_length": 30}).status_code == 403
    assert caller("nobody").get(place(network)).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_the_same(network):
    user = caller("alice", is_superuser=True).user

    def take(_number):
        from tests.server.api.cast import Caller

        try:
            return Caller(user).post(place(network), {}).json()["address"]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, range(6)))

    assert sorted(taken) == [f"10.0.0.{n}/29" for n in range(1, 7)]
