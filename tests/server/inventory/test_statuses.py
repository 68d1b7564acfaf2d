"""A status as a row, as a slug and as a choice: both families of job files."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from jobyard_server.inventory.dcim.choices import CableStatusChoices, DeviceStatusChoices
from jobyard_server.inventory.dcim.models import Cable, Device, Interface, Site
from jobyard_server.inventory.extras.models import Status
from jobyard_server.inventory.extras.standard_statuses import fill_in
from jobyard_server.inventory.ipam.models import IPAddress

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(lab):
    return Status.objects.get(slug="planned")


def test_a_constructor_takes_all_spellings(lab, planned):
    for number, spelling in enumerate([planned, "planned", DeviceStatusChoices.STATUS_PLANNED]):
        device = lab.device(f"sw{number}", status=spelling)

        assert device.status == planned
        assert Device.objects.get(pk=device.pk).status_id == planned.pk


@pytest.mark.parametrize("spelling", ["row", "slug", "key"])
def test_filters_take_all_spellings(lab, planned, spelling):
    lab.device("a", status="planned")
    lab.device("b", status="active")
    given = {"row": planned, "slug": "planned", "key": str(planned.pk)}[spelling]

    def names(rows):
        return [device.name for device in rows]

    assert names(Device.objects.filter(status=given)) == ["a"]
    assert names(Device.objects.exclude(status=given)) == ["b"]
    assert names(Device.objects.filter(status__in=[given])) == ["a"]
    assert names(Device.objects.exclude(status__in=[given, "offline"])) == ["b"]
    assert names(Device.objects.filter(status__slug="planned", status__name="Planned")) == ["a"]


def test_filters_through_relations(lab):
    lab.interface(lab.device("a", status="planned"))

    assert Interface.objects.filter(device__status="planned").count() == 1
    assert Interface.objects.filter(device__status__in=["active", "offline"]).count() == 0
    assert Interface.objects.exclude(device__status__in=("planned",)).count() == 0


def test_a_status_that_does_not_exist_finds_nothing_and_is_refused(lab):
    assert Device.objects.filter(status="nonsense").count() == 0
    with pytest.raises(ValidationError, match="no status with the slug “nonsense”"):
        lab.device("x", status="nonsense")


def test_it_compares_with_its_slug(lab):
    device = lab.device("a", status="active")

    assert device.status == "active"
    assert device.status != "planned"
    assert device.status in ["planned", "active"]
    assert device.status in {"planned", "active"}
    assert {"active": "up"}[device.status] == "up"
    assert device.status == DeviceStatusChoices.STATUS_ACTIVE
    assert (device.status.value, device.status.label, device.get_status_display()) == (
        "active",
        "Active",
        "Active",
    )


def test_assigning_and_updating(lab, planned):
    device = lab.device("a")
    device.status = "planned"
    device.save()

    assert Device.objects.get(pk=device.pk).status == planned

    Device.objects.filter(pk=device.pk).update(status=Status.objects.get(slug="offline"))
    assert Device.objects.get(pk=device.pk).status == "offline"

    for spelling in ("planned", DeviceStatusChoices.STATUS_PLANNED, planned, planned.pk, str(planned.pk)):
        Device.objects.update(status="active")
        Device.objects.update(status=spelling)
        assert Device.objects.get(pk=device.pk).status == "planned"
    with pytest.raises(ValidationError, match="no status with the slug “nonsense”"):
        Device.objects.update(status="nonsense")


def test_without_one_a_row_is_active_and_a_cable_connected(lab):
    site = Site(name="X", slug="x")
    site.validated_save()
    a, b = (lab.interface(lab.device(name)) for name in "ab")

    assert Site.objects.get(slug="x").status == "active"
    assert a.status == "active"
    assert lab.cable(a, b).status == "connected"


def test_those_meant_for_a_kind_of_row(lab):
    assert {status.slug for status in Status.objects.get_for_model(Site)} == {
        *("active", "decommissioning", "planned", "retired", "staging")
    }

    Status.objects.create(name="Anywhere", slug="anywhere")
    assert Status.objects.get_for_model(lab.site).filter(slug="anywhere").exists()


def test_what_people_changed_stays():
    Status.objects.all().delete()
    Status.objects.create(name="Mine", slug="mine")

    fill_in()

    assert [status.slug for status in Status.objects.all()] == ["mine"]


def test_some_models_name_the_status_they_speak_of():
    assert Status.objects.get(slug="connected") == Cable.STATUS_CONNECTED
    assert Cable().STATUS_CONNECTED == CableStatusChoices.STATUS_CONNECTED
    assert IPAddress.STATUS_SLAAC.name == "SLAAC"


def test_later_files_take_the_roles_of_devices_from_elsewhere(lab):
    from jobyard_server.inventory.extras import models

    assert models.Role.objects.get(name=lab.role.name) == lab.role
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = models.Nothing
