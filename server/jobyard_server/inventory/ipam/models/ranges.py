"""Runs of addresses."""

from __future__ import annotations

from typing import Any

from django.db import models
from netaddr import IPRange as AddressRange

from jobyard_server.inventory.base import HostField, PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.models.vlans import Role
from jobyard_server.inventory.ipam.models.vrfs import VRF


class IPRange(PrimaryModel):
    """All addresses from the first to the last; two ranges of a table never overlap."""

    start_address = HostField()
    end_address = HostField()
    size = models.PositiveIntegerField(editable=False, default=0)
    vrf = models.ForeignKey(VRF, null=True, blank=True, on_delete=models.PROTECT, related_name="ip_ranges")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="ip_ranges"
    )
    status = StatusField()
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="ip_ranges")
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("vrf", "start_address")
        verbose_name = "IP range"

    def __str__(self) -> str:
        return f"{self.start_address.ip}-{self.end_address.ip}/{self.start_address.prefixlen}"

    @property
    def family(self) -> int | None:
        return self.start_address.version if self.start_address else None

    @property
    def range(self) -> AddressRange:
        return AddressRange(self.start_address.ip, self.end_address.ip)

    def clean(self) -> None:
        super().clean()
        start, end = self.start_address, self.end_address
        refuse(start.version != end.version, "end_address", "Both ends must be of the same version of IP.")
        refuse(start.prefixlen != end.prefixlen, "end_address", "Both ends must have the same mask.")
        refuse(end.ip < start.ip, "end_address", f"The last address must be at least {start}.")
        found = IPRange.objects.exclude(pk=self.pk).filter(vrf=self.vrf, **self._overlap()).first()
        refuse(found, "start_address", f"Defined addresses overlap with range {found} in VRF {self.vrf}")

    def _overlap(self) -> dict[str, Any]:
        return {
            "start_address__net_address__lte": str(self.end_address.ip),
            "end_address__net_address__gte": str(self.start_address.ip),
        }

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.size = min(int(self.end_address.ip) - int(self.start_address.ip) + 1, 2**31 - 1)
        super().save(*args, **kwargs)
