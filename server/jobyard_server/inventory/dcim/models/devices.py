"""Devices, and those that act as one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from jobyard_server.inventory.base import (
    Alias,
    Natural,
    NaturalField,
    PrimaryModel,
    StatusField,
    UniqueWithout,
)
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import DeviceAirflowChoices, DeviceFaceChoices
from jobyard_server.inventory.dcim.models.kinds import DeviceRole, DeviceType, Platform
from jobyard_server.inventory.dcim.models.mounting import check_mounting
from jobyard_server.inventory.dcim.models.places import Location, Site
from jobyard_server.inventory.dcim.models.racks import Rack
from jobyard_server.inventory.extras.models.config_contexts import ConfigContextModel, keys_above


class Device(ConfigContextModel, PrimaryModel):
    """A piece of equipment. A new one gets the components that its type describes."""

    shown_with = ("device_type", "virtual_chassis")  #: Where there is no name.

    name = models.CharField(max_length=64, null=True, blank=True, db_index=True)
    _name = NaturalField()
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="instances")
    device_role = models.ForeignKey(DeviceRole, on_delete=models.PROTECT, related_name="devices")
    role = Alias("device_role")
    role_id = Alias("device_role_id")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="devices"
    )
    platform = models.ForeignKey(
        Platform, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    serial = models.CharField(max_length=255, blank=True, db_index=True)
    asset_tag = models.CharField(max_length=50, null=True, blank=True, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="devices")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="devices"
    )
    rack = models.ForeignKey(Rack, null=True, blank=True, on_delete=models.PROTECT, related_name="devices")
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # the lowest unit
    face = models.CharField(max_length=50, choices=DeviceFaceChoices.CHOICES, blank=True)
    airflow = models.CharField(max_length=50, choices=DeviceAirflowChoices.CHOICES, blank=True)
    status = StatusField()
    primary_ip4: Any = models.OneToOneField(
        "ipam.IPAddress", null=True, blank=True, on_delete=models.SET_NULL, related_name="primary_ip4_for"
    )
    primary_ip6: Any = models.OneToOneField(
        "ipam.IPAddress", null=True, blank=True, on_delete=models.SET_NULL, related_name="primary_ip6_for"
    )
    oob_ip: Any = models.OneToOneField(
        "ipam.IPAddress", null=True, blank=True, on_delete=models.SET_NULL, related_name="oob_ip_for"
    )
    cluster: Any = models.ForeignKey(
        "virtualization.Cluster", null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    virtual_chassis: Any = models.ForeignKey(
        "dcim.VirtualChassis", null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    vc_position = models.PositiveSmallIntegerField(null=True, blank=True)
    vc_priority = models.PositiveSmallIntegerField(null=True, blank=True)
    secrets_group: Any = models.ForeignKey(
        "extras.SecretsGroup", null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("_name",)
        indexes = [models.Index(fields=["_name"], name="device_natural")]
        constraints = [
            models.UniqueConstraint(fields=["site", "tenant", "name"], name="device_name_in_site_and_tenant"),
            UniqueWithout(
                fields=["site", "name"],
                without="tenant",
                name="device_name_in_site",
                violation_error_message="Device name must be unique per site.",
            ),
            models.UniqueConstraint(fields=["rack", "position", "face"], name="device_place_in_rack"),
            models.UniqueConstraint(
                fields=["virtual_chassis", "vc_position"], name="device_position_in_chassis"
            ),
        ]

    def __str__(self) -> str:
        if self.name:
            return str(self.name)
        if self.virtual_chassis:
            return f"{self.virtual_chassis.name}:{self.vc_position} ({self.pk})"
        return f"{self.device_type} ({self.pk})"

    @property
    def display_name(self) -> str:
        return str(self)

    @property
    def identifier(self) -> str:
        return str(self.name or self.pk)

    @property
    def primary_ip(self) -> Any:
        """The primary address, IPv6 before IPv4."""
        return self.primary_ip6 or self.primary_ip4

    @property
    def vc_interfaces(self) -> Any:
        """Its interfaces; for the master of a virtual chassis those of all members, except management."""
        return self.get_interfaces()

    def get_interfaces(self) -> Any:
        from jobyard_server.inventory.dcim.models.interfaces import Interface  # noqa: PLC0415  # it needs devices

        mine = models.Q(device=self)
        if self.virtual_chassis and self.virtual_chassis.master_id == self.pk:
            mine |= models.Q(device__virtual_chassis=self.virtual_chassis, mgmt_only=False)
        return Interface.objects.filter(mine)

    def get_vc_master(self) -> Any:
        return self.virtual_chassis.master if self.virtual_chassis else None

    def get_cables(self, *, pk_list: bool = False) -> Any:
        from jobyard_server.inventory.dcim.models.cables import cables_of  # noqa: PLC0415  # it needs devices

        found = cables_of(self)
        return list(found.values_list("pk", flat=True)) if pk_list else found

    def get_children(self) -> Any:
        return Device.objects.filter(parent_bay__device=self)

    def context_keys(self) -> dict[str, list[Any]]:
        tenant = self.tenant
        return {
            "regions": keys_above(self.site.region),
            "sites": [self.site_id],
            "locations": keys_above(self.location),
            "roles": [self.device_role_id],
            "device_types": [self.device_type_id],
            "platforms": [self.platform_id] if self.platform_id else [],
            "cluster_groups": [self.cluster.group_id] if self.cluster and self.cluster.group_id else [],
            "clusters": [self.cluster_id] if self.cluster_id else [],
            "tenant_groups": keys_above(tenant.group if tenant else None),
            "tenants": [self.tenant_id] if self.tenant_id else [],
            "tags": list(self.tags.values_list("pk", flat=True)),
        }

    def clean_fields(self, exclude: Any = None) -> None:
        self.asset_tag = self.asset_tag or None
        super().clean_fields(exclude)

    def clean(self) -> None:
        super().clean()
        refuse(
            self.location and self.location.base_site not in (None, self.site),
            "location",
            f"The location does not lie in the site {self.site}.",
        )
        check_mounting(self)
        self._check_addresses()
        refuse(
            self.virtual_chassis and self.vc_position is None,
            "vc_position",
            "A device assigned to a virtual chassis must have its position defined.",
        )

    def _check_addresses(self) -> None:
        for name, family in (("primary_ip4", 4), ("primary_ip6", 6)):
            address = getattr(self, name)
            if address is None:
                continue
            refuse(address.family != family, name, f"{address} is not an IPv{family} address.")
            inside = getattr(address, "nat_inside", None)
            near = self._is_mine(address) or (inside is not None and self._is_mine(inside))
            refuse(not near, name, f"The specified IP address ({address}) is not assigned to this device.")

    def _is_mine(self, address: Any) -> bool:
        interface = address.assigned_object
        device = getattr(interface, "device", None)
        if device is None:
            return False
        same_chassis = (
            self.virtual_chassis_id is not None and device.virtual_chassis_id == self.virtual_chassis_id
        )
        return device.pk == self.pk or same_chassis

    def save(self, *args: Any, **kwargs: Any) -> None:
        from jobyard_server.inventory.dcim.models.equipping import equip  # noqa: PLC0415  # it needs devices

        if not self._state.adding:
            super().save(*args, **kwargs)
            return
        with transaction.atomic(savepoint=False):  # where it fails, the database has given up already
            super().save(*args, **kwargs)
            equip(self)


class VirtualChassis(PrimaryModel):
    """Devices that are operated as one."""

    name = models.CharField(max_length=64)
    domain = models.CharField(max_length=30, blank=True)
    master = models.OneToOneField(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="vc_master_for"
    )

    class Meta:
        ordering = (Natural("name"),)
        verbose_name_plural = "virtual chassis"

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        if self.master and not self._state.adding and self.master.virtual_chassis_id != self.pk:
            raise ValidationError({"master": f"The master {self.master} is not a member of this chassis."})
