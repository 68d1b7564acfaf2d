from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from netaddr import EUI, IPNetwork

from jobyard_server.inventory.dcim.models import Interface
from jobyard_server.inventory.ipam.models import RIR, VRF, Aggregate, IPAddress, IPRange, Prefix

pytestmark = pytest.mark.django_db


def refused(row):
    with pytest.raises(ValidationError) as caught:
        row.validated_save()
    return caught.value.message_dict


def test_columns_are_native():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE data_type IN ('inet', 'cidr', 'macaddr') ORDER BY 1, 2"
        )
        found = {(table, column): kind for table, column, kind in cursor.fetchall()}

    assert found["ipam_prefix", "prefix"] == "cidr"
    assert found["ipam_ipaddress", "address"] == found["ipam_ipaddress", "host"] == "inet"
    assert found["dcim_interface", "mac_address"] == "macaddr"


@pytest.mark.usefixtures("lab")
def test_both_spellings_of_a_prefix():
    a = Prefix(prefix="10.0.0.0/24")
    a.validated_save()
    b, _ = Prefix.objects.get_or_create(network="10.1.0.0", prefix_length=16, defaults={"status": "active"})

    assert b.prefix == IPNetwork("10.1.0.0/16")
    assert Prefix.objects.get(network="10.0.0.0", prefix_length=24) == a
    assert Prefix.objects.get(prefix="10.0.0.0/24") == a
    found = Prefix.objects.get(pk=a.pk)
    assert (found.network, found.broadcast, found.prefix_length, found.family) == (
        "10.0.0.0",
        "10.0.0.255",
        24,
        4,
    )
    assert str(found) == "10.0.0.0/24"
    assert Prefix.objects.filter(prefix_length__gte=20).count() == 1


@pytest.mark.usefixtures("lab")
def test_both_spellings_of_an_address():
    a = IPAddress(address="10.0.0.1/24")
    a.validated_save()
    b = IPAddress(host="10.0.0.2", prefix_length=24)
    b.validated_save()

    assert str(b.address) == "10.0.0.2/24"
    assert IPAddress.objects.get(host="10.0.0.2").host == "10.0.0.2"
    assert IPAddress.objects.get(address="10.0.0.1/24").prefix_length == 24
    b.prefix_length = 32
    b.save()
    assert str(IPAddress.objects.get(pk=b.pk).address) == "10.0.0.2/32"


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize(
    ("lookup", "value", "found"),
    [
        ("prefix__net_contains", "10.0.0.0/24", ["10.0.0.0/8", "10.0.0.0/16"]),
        ("prefix__net_contains", "10.0.0.7", ["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24"]),
        ("prefix__net_contains_or_equals", "10.0.0.0/24", ["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24"]),
        ("prefix__net_contained", "10.0.0.0/8", ["10.0.0.0/16", "10.0.0.0/24"]),
        ("prefix__net_contained_or_equal", "10.0.0.0/16", ["10.0.0.0/16", "10.0.0.0/24"]),
        ("prefix__net_equals", "10.0.0.0/16", ["10.0.0.0/16"]),
        ("prefix__net_mask_length", 8, ["10.0.0.0/8"]),
        ("prefix__family", 6, ["2001:db8::/32"]),
        ("prefix__startswith", "2001", ["2001:db8::/32"]),
        ("prefix__in", ["10.0.0.0/8", "10.0.0.0/24"], ["10.0.0.0/8", "10.0.0.0/24"]),
    ],
)
def test_lookups_of_prefixes(lookup, value, found):
    for text in ("10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "2001:db8::/32"):
        Prefix.objects.create(prefix=text)

    assert [str(row) for row in Prefix.objects.filter(**{lookup: value})] == found


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize(
    ("lookup", "value", "found"),
    [
        ("address__net_host", "10.0.0.1", ["10.0.0.1/24"]),
        ("address__net_host", "10.0.0.1/32", ["10.0.0.1/24"]),
        ("address__net_host_contained", "10.0.0.0/25", ["10.0.0.1/24"]),
        ("address__net_in", ["10.0.0.1", "2001:db8::/64"], ["10.0.0.1/24", "2001:db8::1/64"]),
        ("address__net_contained", "10.0.0.0/8", ["10.0.0.1/24", "10.0.0.200/24"]),
        ("address__family", 4, ["10.0.0.1/24", "10.0.0.200/24"]),
        ("host__in", ["10.0.0.1"], ["10.0.0.1/24"]),
        ("address", "10.0.0.1/24", ["10.0.0.1/24"]),
        ("address", "10.0.0.1/25", []),
    ],
)
def test_lookups_of_addresses(lookup, value, found):
    for text in ("10.0.0.1/24", "10.0.0.200/24", "2001:db8::1/64"):
        IPAddress.objects.create(address=text)

    assert [str(row) for row in IPAddress.objects.filter(**{lookup: value})] == found


@pytest.mark.usefixtures("lab")
def test_what_is_free_in_a_prefix():
    net = Prefix.objects.create(prefix="10.0.0.0/29")
    for text in ("10.0.0.1/29", "10.0.0.2/29"):
        IPAddress.objects.create(address=text)
    IPRange.objects.create(start_address="10.0.0.3/29", end_address="10.0.0.4/29")

    assert net.get_first_available_ip() == "10.0.0.5/29"
    assert [str(ip) for ip in net.get_available_ips()] == ["10.0.0.5", "10.0.0.6"]

    Prefix.objects.create(prefix="10.0.0.0/30")
    assert str(net.get_first_available_prefix()) == "10.0.0.4/30"
    assert [str(net) for net in net.get_available_prefixes().iter_cidrs()] == ["10.0.0.4/30"]
    assert net.get_child_ips().count() == 2


@pytest.mark.usefixtures("lab")
def test_the_ends_of_a_pool_can_be_used():
    assert Prefix.objects.create(prefix="10.0.0.0/30", is_pool=True).get_first_available_ip() == "10.0.0.0/30"
    assert Prefix.objects.create(prefix="10.0.1.0/31").get_first_available_ip() == "10.0.1.0/31"
    assert Prefix.objects.create(prefix="2001:db8::/127").get_available_ips().size == 2
    full = Prefix.objects.create(prefix="10.0.2.1/32")
    IPAddress.objects.create(address="10.0.2.1/32")
    assert full.get_first_available_ip() is None


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("text", ["10.0.0.1/24", "10.0.0.0/33", "nonsense", "", "10.0.0.0/0", None])
def test_malformed_prefixes(text):
    assert list(refused(Prefix(prefix=text))) == ["prefix"]


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("text", ["10.0.0.256/24", "nonsense", "", "10.0.0.0/0", None])
def test_malformed_addresses(text):
    assert list(refused(IPAddress(address=text))) == ["address"]


@pytest.mark.usefixtures("lab")
def test_plain_saving_takes_the_host_bits_off():
    made = Prefix.objects.create(prefix="10.0.0.9/24")

    assert str(Prefix.objects.get(pk=made.pk)) == "10.0.0.0/24"


@pytest.mark.usefixtures("lab")
def test_duplicates_in_a_vrf():
    vrf = VRF.objects.create(name="red", rd="65000:1")
    Prefix.objects.create(prefix="10.0.0.0/24", vrf=vrf)
    IPAddress.objects.create(address="10.0.0.1/24", vrf=vrf)

    assert "prefix" in refused(Prefix(prefix="10.0.0.0/24", vrf=vrf))
    assert "address" in refused(IPAddress(address="10.0.0.1/32", vrf=vrf))
    IPAddress(address="10.0.0.1/32", vrf=vrf, role="anycast").validated_save()
    IPAddress(address="10.0.0.1/32").validated_save()


@pytest.mark.usefixtures("lab")
def test_overlaps():
    rir = RIR.objects.create(name="RFC 1918", is_private=True)
    Aggregate(prefix="10.0.0.0/8", rir=rir).validated_save()
    IPRange(start_address="10.0.0.10/24", end_address="10.0.0.20/24").validated_save()

    assert "prefix" in refused(Aggregate(prefix="10.1.0.0/16", rir=rir))
    assert "start_address" in refused(IPRange(start_address="10.0.0.15/24", end_address="10.0.0.30/24"))
    assert "end_address" in refused(IPRange(start_address="10.0.0.99/24", end_address="10.0.0.30/24"))
    assert IPRange.objects.get().size == 11
    IPRange(start_address="10.0.0.5/24", end_address="10.0.0.9/24").validated_save()


def test_what_an_address_belongs_to(lab):
    interface = lab.interface(lab.device("a"))
    address = IPAddress.objects.create(address="10.0.0.1/24", assigned_object=interface)

    assert interface.ip_addresses.get() == address
    assert interface.count_ipaddresses() == 1
    assert IPAddress.objects.get(interface=interface).assigned_object == interface
    assert IPAddress.objects.filter(interface__device__name="a").count() == 1


def test_mac_addresses(lab):
    interface = lab.interface(lab.device("a"), mac_address="aabb.ccdd.eeff")
    found = Interface.objects.get(mac_address="AA-BB-CC-DD-EE-FF")

    assert found == interface
    assert str(found.mac_address) == "AA:BB:CC:DD:EE:FF"
    assert found.mac_address == EUI("aa:bb:cc:dd:ee:ff")
    interface.mac_address = "nonsense"
    assert list(refused(interface)) == ["mac_address"]


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_field_error(text):
    for row in (IPAddress(address=text), Prefix(prefix=text)):
        with suppress(ValidationError):
            row.clean_fields()


def test_query_sets_ask_by_networks():
    for text in ("10.0.0.0/8", "10.0.0.0/24", "2001:db8::/32"):
        Prefix.objects.create(prefix=text)
    for text in ("10.0.0.1/24", "192.0.2.1/24", "2001:db8::1/64"):
        IPAddress.objects.create(address=text)

    def found(rows):
        return [str(row) for row in rows]

    networks = Prefix.objects.exclude(prefix="192.0.2.0/24")
    assert found(networks.net_contains("10.0.0.0/24")) == ["10.0.0.0/8"]
    assert found(networks.net_contains_or_equals("10.0.0.0/24")) == ["10.0.0.0/8", "10.0.0.0/24"]
    assert found(Prefix.objects.net_contained("10.0.0.0/8", "2001::/16")) == ["10.0.0.0/24", "2001:db8::/32"]
    assert found(Prefix.objects.net_contained_or_equal("10.0.0.0/8")) == ["10.0.0.0/8", "10.0.0.0/24"]
    assert found(Prefix.objects.net_equals("10.0.0.0/8")) == ["10.0.0.0/8"]
    assert found(Prefix.objects.ip_family(6)) == ["2001:db8::/32"]
    assert found(Prefix.objects.net_contains()) == []
    hosts = IPAddress.objects.net_host_contained("10.0.0.0/8", "192.0.2.0/24")
    assert found(hosts) == ["10.0.0.1/24", "192.0.2.1/24"]
    assert found(IPAddress.objects.net_in(["10.0.0.0/8", "2001:db8::1"])) == ["10.0.0.1/24", "2001:db8::1/64"]
    assert found(IPAddress.objects.ip_family(6)) == ["2001:db8::1/64"]
