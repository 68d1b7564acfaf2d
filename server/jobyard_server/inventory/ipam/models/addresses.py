"""Addresses, and what has them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import RegexValidator
from django.db import models

from jobyard_server.inventory.base import DerivedField, HostField, NamedStatus, PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.choices import IPAddressRoleChoices
from jobyard_server.inventory.ipam.constants import IPADDRESS_ROLES_NONUNIQUE
from jobyard_server.inventory.ipam.models.by_network import AddressManager
from jobyard_server.inventory.ipam.models.vrfs import VRF

DNS_NAME = RegexValidator(
    r"^([0-9A-Za-z_-]+|\*)(\.[0-9A-Za-z_-]+)*\.?$",
    "Only alphanumeric characters, asterisks, hyphens, periods, and underscores are allowed in DNS names.",
)


class IPAddress(PrimaryModel):
    """An address with its mask; ``IPAddress(host="10.0.0.1", prefix_length=24)`` says the same."""

    address = HostField()
    host = DerivedField(of="address", part="host")
    broadcast = DerivedField(of="address", part="broadcast")
    prefix_length = DerivedField(of="address", part="prefix_length")
    vrf = models.ForeignKey(VRF, null=True, blank=True, on_delete=models.PROTECT, related_name="ip_addresses")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="ip_addresses"
    )
    status = StatusField()
    role = models.CharField(max_length=50, choices=IPAddressRoleChoices.CHOICES, blank=True, db_index=True)
    assigned_object_type = models.ForeignKey(
        "contenttypes.ContentType", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_object_id = models.UUIDField(null=True, blank=True)
    assigned_object = GenericForeignKey("assigned_object_type", "assigned_object_id")
    nat_inside: Any = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="nat_outside"
    )
    dns_name = models.CharField(max_length=255, blank=True, validators=[DNS_NAME], db_index=True)
    description = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = AddressManager()

    STATUS_SLAAC = NamedStatus("slaac")

    class Meta:
        ordering = ("address",)
        verbose_name = "IP address"
        verbose_name_plural = "IP addresses"
        indexes = [
            models.Index(fields=["address"], name="ipaddress_address"),
            models.Index(fields=["host", "prefix_length"], name="ipaddress_host"),
            models.Index(models.Func("address", function="host"), name="ipaddress_host_text"),
            models.Index(fields=["assigned_object_type", "assigned_object_id"], name="ipaddress_assigned"),
            GistIndex(fields=["address"], opclasses=["inet_ops"], name="ipaddress_tree"),
        ]

    def __str__(self) -> str:
        return str(self.address)

    @property
    def family(self) -> int | None:
        return self.address.version if self.address else None

    @property
    def interface(self) -> Any:
        return self.assigned_object

    @property
    def is_primary(self) -> bool:
        """Whether a device or a machine has it as its primary address."""
        owner = self._owner()
        return owner is not None and self.pk in (owner.primary_ip4_id, owner.primary_ip6_id)

    @is_primary.setter
    def is_primary(self, value: bool) -> None:
        """Make it the primary address of its device, or no longer; the device is saved."""
        owner = self._owner()
        if owner is not None and value != self.is_primary:
            setattr(owner, f"primary_ip{self.family}", self if value else None)
            owner.save()

    def _owner(self) -> Any:
        there = self.assigned_object
        return getattr(there, "device", None) or getattr(there, "virtual_machine", None)

    def get_duplicates(self) -> Any:
        return IPAddress.objects.filter(vrf=self.vrf, address__net_host=self.address).exclude(pk=self.pk)

    def clean(self) -> None:
        super().clean()
        refuse(self.address.prefixlen == 0, "address", "Cannot create IP address with /0 mask.")
        is_shared = self.role in IPADDRESS_ROLES_NONUNIQUE
        if self.vrf is not None and self.vrf.enforce_unique and not is_shared:
            found = self.get_duplicates().first()
            refuse(found, "address", f"Duplicate IP address found in VRF {self.vrf}: {found}")
        self.dns_name = self.dns_name.lower()
