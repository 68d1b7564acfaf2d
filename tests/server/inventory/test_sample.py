from __future__ import annotations

import pytest

from jobyard_server.inventory.dcim.models import Cable, ConsolePort, Device, Interface, Region, Site
from jobyard_server.inventory.ipam.models import IPAddress, Prefix
from jobyard_server.inventory.sample import SampleSize, make_sample

pytestmark = pytest.mark.django_db

SMALL = SampleSize(regions=2, sites=2, devices=24, addresses=120)


def described():
    cables = Cable.objects.order_by("label").values_list("label", "type", "status__slug")
    devices = Device.objects.values_list("name", "serial", "status__slug", "primary_ip4__address")
    return list(cables), list(devices)


def test_the_whole_sample():
    counts = make_sample()

    assert (Region.objects.count(), Site.objects.count(), Device.objects.count()) == (3, 12, 300)
    assert 4000 <= Interface.objects.count() <= 6000
    assert IPAddress.objects.count() == 2000
    assert counts["cables"] == Cable.objects.count() > 1000
    assert Device.objects.filter(primary_ip4=None).count() == 0


def test_the_same_seed_makes_the_same_network():
    made = []
    for seed in (1, 1, 2):
        make_sample(SMALL, seed=seed)
        made.append(described())
        for model in (Cable, Device, IPAddress, Prefix):
            model.objects.all().delete()
        _forget()

    assert made[0] == made[1] != made[2]


def _forget():
    from django.apps import apps

    for label in ("dcim.Rack", "ipam.VLAN", "dcim.Site", "dcim.Region", "dcim.DeviceType", "dcim.DeviceRole"):
        apps.get_model(label).objects.all().delete()
    for label in ("dcim.Platform", "dcim.Manufacturer", "tenancy.Tenant", "tenancy.TenantGroup"):
        apps.get_model(label).objects.all().delete()
    for label in ("ipam.Aggregate", "ipam.RIR", "ipam.Role"):
        apps.get_model(label).objects.all().delete()


def test_all_of_it_is_valid():
    make_sample(SMALL)

    for model in (Site, Device, Interface, Prefix, IPAddress):
        for row in model.objects.all():
            row.full_clean()
    for cable in Cable.objects.all():
        cable.full_clean()
        assert cable.termination_a.cable == cable.termination_b.cable == cable
    port = ConsolePort.objects.exclude(cable=None).first()
    assert port.connected_endpoint.device.name.endswith("con01")
