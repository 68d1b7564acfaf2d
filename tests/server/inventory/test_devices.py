from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jobyard_server.inventory.dcim.models import (
    ConsolePort,
    ConsolePortTemplate,
    Device,
    DeviceBayTemplate,
    DeviceRole,
    DeviceType,
    FrontPort,
    FrontPortTemplate,
    InterfaceTemplate,
    Location,
    PowerOutletTemplate,
    PowerPortTemplate,
    Rack,
    RearPortTemplate,
    Region,
    Site,
    VirtualChassis,
)
from jobyard_server.inventory.extras.models import ConfigContext
from jobyard_server.inventory.ipam.models import IPAddress

pytestmark = pytest.mark.django_db


def refused(row):
    with pytest.raises(ValidationError) as caught:
        row.validated_save()
    return caught.value.message_dict


def test_second_names_say_which_fields_are_saved(lab):
    device, other = lab.device("sw1"), DeviceRole.objects.create(name="Core")
    device.role, device.serial = other, "not saved"
    device.save(update_fields=["role"])

    device.refresh_from_db()
    assert (device.device_role, device.serial) == (other, "")


def test_it_begins_with_the_components_of_its_type(lab):
    rear = RearPortTemplate.objects.create(device_type=lab.kind, name="R1", type="lc", positions=2)
    for number in (1, 2):
        InterfaceTemplate.objects.create(device_type=lab.kind, name=f"eth{number}", type="1000base-t")
        FrontPortTemplate.objects.create(
            device_type=lab.kind, name=f"F{number}", type="lc", rear_port=rear, rear_port_position=number
        )
    ConsolePortTemplate.objects.create(device_type=lab.kind, name="con0", type="rj-45", label="blue")
    power = PowerPortTemplate.objects.create(device_type=lab.kind, name="PS1", maximum_draw=300)
    PowerOutletTemplate.objects.create(device_type=lab.kind, name="O1", power_port=power)
    DeviceBayTemplate.objects.create(device_type=lab.kind, name="Bay 1")

    device = lab.device("sw1")

    assert [row.name for row in device.interfaces.all()] == ["eth1", "eth2"]
    assert {row.status.slug for row in device.interfaces.all()} == {"active"}
    assert ConsolePort.objects.get(device=device).label == "blue"
    assert device.powerports.get().maximum_draw == 300
    assert device.poweroutlets.get().power_port == device.powerports.get()
    assert [port.rear_port for port in FrontPort.objects.filter(device=device)] == [
        device.rearports.get()
    ] * 2
    assert device.devicebays.count() == 1


def test_saving_it_again_adds_nothing(lab):
    InterfaceTemplate.objects.create(device_type=lab.kind, name="eth1", type="1000base-t")
    device = lab.device("sw1")
    device.serial = "A1"
    device.validated_save()

    assert device.interfaces.count() == 1


def test_role_and_device_role_are_one(lab):
    a = lab.device("a")
    b = Device(name="b", site=lab.site, device_type=lab.kind, role=lab.role, status="active")
    b.validated_save()
    c, is_new = Device.objects.get_or_create(
        name="c", role_id=lab.role.pk, defaults={"site": lab.site, "device_type": lab.kind}
    )

    assert is_new
    assert c.device_role == lab.role == a.role
    assert Device.objects.filter(role=lab.role).count() == 3
    assert (
        Device.objects.filter(role__slug__in=["access-switch"], device_role__name="Access Switch").count()
        == 3
    )
    assert Device.objects.order_by("role", "name").first() == a
    assert list(Device.objects.order_by().values_list("role__slug", flat=True).distinct()) == [
        "access-switch"
    ]
    assert Device.objects.select_related("role", "site__region").get(name="a").role == lab.role
    assert [row.role for row in Device.objects.prefetch_related("role")] == [lab.role] * 3
    b.role = lab.role
    assert b.device_role_id == b.role_id == lab.role.pk


def test_names_are_unique_in_a_site(lab):
    lab.device("a")
    twin = Device(name="a", site=lab.site, device_type=lab.kind, device_role=lab.role)

    assert refused(twin) == {"__all__": ["Device name must be unique per site."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    elsewhere = Site.objects.create(name="B", slug="b")
    lab.device("a", site=elsewhere)


def test_several_without_a_name(lab):
    for _ in range(2):
        lab.device(None)

    assert str(Device.objects.first()).startswith("Switch 48 (")


@pytest.fixture
def rack(lab):
    return Rack.objects.create(name="R1", site=lab.site, u_height=10)


def test_its_place_in_a_rack(lab, rack):
    tall = DeviceType.objects.create(manufacturer=lab.maker, model="Tall", slug="tall", u_height=4)
    lab.device("a", device_type=tall, rack=rack, position=2, face="front")

    def place(**values):
        return Device(name="new", site=lab.site, device_type=lab.kind, device_role=lab.role, **values)

    assert "position" in refused(place(rack=rack, position=5, face="rear"))
    assert "position" in refused(place(rack=rack, position=11, face="front"))
    assert "face" in refused(place(rack=rack, position=6))
    assert "position" in refused(place(position=6))
    place(rack=rack, position=6, face="front").validated_save()
    assert rack.get_available_units() == [1, 7, 8, 9, 10]
    assert rack.get_available_units(u_height=2) == [7, 8, 9]


def test_rack_and_location_must_be_of_its_site(lab, rack):
    elsewhere = Site.objects.create(name="B", slug="b")
    room = Location.objects.create(name="Room", slug="room", site=lab.site)
    base = {"name": "x", "site": elsewhere, "device_type": lab.kind, "device_role": lab.role}

    assert refused(Device(rack=rack, **base)) == {"rack": ["Rack R1 does not belong to site B."]}
    assert refused(Device(location=room, **base)) == {
        "location": ["The location does not lie in the site B."]
    }


def test_its_primary_address_is_one_of_its_own(lab):
    mine, other = lab.device("a"), lab.device("b")
    address = IPAddress.objects.create(address="10.0.0.1/24", assigned_object=lab.interface(mine))
    v6 = IPAddress.objects.create(address="2001:db8::1/64", assigned_object=lab.interface(mine, "eth1"))

    other.primary_ip4 = address
    assert "primary_ip4" in refused(other)
    mine.primary_ip6 = address
    assert "primary_ip6" in refused(mine)

    mine.primary_ip4, mine.primary_ip6 = address, None
    mine.validated_save()
    assert Device.objects.get(pk=mine.pk).primary_ip == address
    assert IPAddress.objects.get(pk=address.pk).is_primary
    v6.is_primary = True
    assert Device.objects.get(pk=mine.pk).primary_ip == v6


def test_a_virtual_chassis(lab):
    chassis = VirtualChassis.objects.create(name="VC", domain="dc1-a")
    master = lab.device("a", virtual_chassis=chassis, vc_position=1)
    member = lab.device("b", virtual_chassis=chassis, vc_position=2)
    chassis.master = master
    chassis.validated_save()
    lab.interface(master, "a0"), lab.interface(member, "b0"), lab.interface(member, "mgmt", mgmt_only=True)

    assert [row.name for row in Device.objects.get(name="a").vc_interfaces] == ["a0", "b0"]
    assert VirtualChassis.objects.get(domain__startswith="dc1").master == master
    outsider = lab.device("c")
    outsider.virtual_chassis = chassis
    assert "vc_position" in refused(outsider)


def test_config_context(lab):
    inner = Region.objects.create(name="NL", slug="nl", parent=lab.region)
    lab.site.region = inner
    lab.site.save()
    everywhere = ConfigContext.objects.create(name="all", weight=1, data={"ntp": {"a": 1, "b": 1}, "x": 1})
    local = ConfigContext.objects.create(name="eu", weight=2, data={"ntp": {"b": 2}})
    local.regions.add(lab.region)
    far = ConfigContext.objects.create(name="far", weight=3, data={"x": 99})
    far.regions.add(Region.objects.create(name="Asia", slug="asia"))

    device = lab.device("a", local_context_data={"y": 1})

    assert everywhere.is_active
    assert device.get_config_context() == {"ntp": {"a": 1, "b": 2}, "x": 1, "y": 1}


def test_a_tree_has_no_circles(lab):
    inner = Region.objects.create(name="NL", slug="nl", parent=lab.region)
    lab.region.parent = inner

    assert "parent" in refused(lab.region)
    assert list(lab.region.get_descendants(include_self=False)) == [inner]
    assert list(inner.get_ancestors(include_self=True)) == [lab.region, inner]


def test_slugs_make_themselves():
    region = Region(name="North Holland")
    region.validated_save()

    assert Region.objects.get().slug == "north-holland"
