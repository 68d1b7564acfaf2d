"""Virtual machines and their interfaces."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from jobyard_server.inventory.base import (
    Alias,
    Natural,
    NaturalField,
    PrimaryModel,
    StatusField,
    UniqueWithout,
)
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.models.interfaces import BaseInterface
from jobyard_server.inventory.dcim.models.kinds import DeviceRole, Platform
from jobyard_server.inventory.extras.models.config_contexts import ConfigContextModel, keys_above
from jobyard_server.inventory.virtualization.models.clusters import Cluster


class VirtualMachine(ConfigContextModel, PrimaryModel):
    name = models.CharField(max_length=64, db_index=True)
    _name = NaturalField()
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="virtual_machines")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="virtual_machines"
    )
    platform = models.ForeignKey(
        Platform, null=True, blank=True, on_delete=models.SET_NULL, related_name="virtual_machines"
    )
    role = models.ForeignKey(
        DeviceRole, null=True, blank=True, on_delete=models.PROTECT, related_name="virtual_machines"
    )
    status = StatusField()
    primary_ip4: Any = models.OneToOneField(
        "ipam.IPAddress", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    primary_ip6: Any = models.OneToOneField(
        "ipam.IPAddress", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    vcpus = models.PositiveSmallIntegerField(null=True, blank=True)
    memory = models.PositiveIntegerField(null=True, blank=True)  # MB
    disk = models.PositiveIntegerField(null=True, blank=True)  # GB
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("_name",)
        indexes = [models.Index(fields=["_name"], name="virtualmachine_natural")]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "tenant", "name"], name="vm_name_in_cluster_and_tenant"
            ),
            UniqueWithout(
                fields=["cluster", "name"],
                without="tenant",
                name="vm_name_in_cluster",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def site(self) -> Any:
        return self.cluster.site

    @property
    def primary_ip(self) -> Any:
        """The primary address, IPv6 before IPv4."""
        return self.primary_ip6 or self.primary_ip4

    def context_keys(self) -> dict[str, list[Any]]:
        site, tenant = self.cluster.site, self.tenant
        return {
            "regions": keys_above(site.region if site else None),
            "sites": [site.pk] if site else [],
            "locations": keys_above(self.cluster.location),
            "roles": [self.role_id] if self.role_id else [],
            "device_types": [],
            "platforms": [self.platform_id] if self.platform_id else [],
            "cluster_groups": [self.cluster.group_id] if self.cluster.group_id else [],
            "clusters": [self.cluster_id],
            "tenant_groups": keys_above(tenant.group if tenant else None),
            "tenants": [self.tenant_id] if self.tenant_id else [],
            "tags": list(self.tags.values_list("pk", flat=True)),
        }

    def clean(self) -> None:
        super().clean()
        for name, family in (("primary_ip4", 4), ("primary_ip6", 6)):
            address = getattr(self, name)
            if address is None:
                continue
            refuse(address.family != family, name, f"{address} is not an IPv{family} address.")
            machine = getattr(address.assigned_object, "virtual_machine", None)
            refuse(machine != self, name, f"The specified IP address ({address}) is not assigned to this VM.")


class VMInterface(BaseInterface, PrimaryModel):
    belongs_to = "virtual_machine"  #: See the components of devices.

    virtual_machine = models.ForeignKey(VirtualMachine, on_delete=models.CASCADE, related_name="interfaces")
    device = Alias("virtual_machine")
    name = models.CharField(max_length=64)
    description = models.CharField(max_length=200, blank=True)
    untagged_vlan: Any = models.ForeignKey(
        "ipam.VLAN", null=True, blank=True, on_delete=models.SET_NULL, related_name="vminterfaces_as_untagged"
    )
    tagged_vlans = models.ManyToManyField("ipam.VLAN", related_name="vminterfaces_as_tagged", blank=True)
    l2vpn_terminations = GenericRelation(
        "ipam.L2VPNTermination", "assigned_object_id", "assigned_object_type"
    )
    ip_addresses = GenericRelation(
        "ipam.IPAddress",
        content_type_field="assigned_object_type",
        object_id_field="assigned_object_id",
        related_query_name="vminterface",
    )

    class Meta:
        verbose_name = "VM interface"
        verbose_name_plural = "interfaces"
        ordering = ("virtual_machine", Natural("name"))
        constraints = [
            models.UniqueConstraint(fields=["virtual_machine", "name"], name="vminterface_name_in_machine")
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def site_id(self) -> Any:
        return self.virtual_machine.cluster.site_id

    def clean(self) -> None:
        super().clean()
        self.check_vlans()
        for name in ("parent_interface", "bridge"):
            other = getattr(self, name)
            refuse(other and other.pk == self.pk, name, "An interface cannot refer to itself.")
            refuse(
                other and other.virtual_machine_id != self.virtual_machine_id,
                name,
                f"The interface {other} belongs to another machine.",
            )
