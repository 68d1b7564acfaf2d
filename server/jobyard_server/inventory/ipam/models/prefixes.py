"""Networks, and what is free in them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from netaddr import IPNetwork, IPSet

from jobyard_server.inventory.base import DerivedField, NetworkField, PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.models.by_network import NetworkManager
from jobyard_server.inventory.ipam.models.vlans import VLAN, Role
from jobyard_server.inventory.ipam.models.vrfs import VRF


class Prefix(PrimaryModel):
    """
    A network, ``10.0.0.0/24``; ``Prefix(network="10.0.0.0", prefix_length=24)`` says the same.

    Networks nest; which one lies in which is asked of the database.
    """

    prefix = NetworkField()
    network = DerivedField(of="prefix", part="network")
    broadcast = DerivedField(of="prefix", part="broadcast")
    prefix_length = DerivedField(of="prefix", part="prefix_length")
    site: Any = models.ForeignKey(
        "dcim.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="prefixes"
    )
    location: Any = models.ForeignKey(
        "dcim.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="prefixes"
    )
    vrf = models.ForeignKey(VRF, null=True, blank=True, on_delete=models.PROTECT, related_name="prefixes")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="prefixes"
    )
    vlan = models.ForeignKey(VLAN, null=True, blank=True, on_delete=models.PROTECT, related_name="prefixes")
    status = StatusField()
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="prefixes")
    is_pool = models.BooleanField(default=False)  # all addresses can be used, the first and last too
    description = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = NetworkManager()

    class Meta:
        ordering = ("vrf", "prefix")
        verbose_name_plural = "prefixes"
        indexes = [
            models.Index(fields=["prefix"], name="prefix_prefix"),
            models.Index(fields=["network", "prefix_length"], name="prefix_network_length"),
            GistIndex(fields=["prefix"], opclasses=["inet_ops"], name="prefix_tree"),
        ]

    def __str__(self) -> str:
        return str(self.prefix)

    @property
    def family(self) -> int | None:
        return self.prefix.version if self.prefix else None

    @property
    def ip_version(self) -> int | None:
        return self.family

    def get_child_prefixes(self) -> Any:
        """The networks within this one; a container of the global table holds those of all tables."""
        return self._here(Prefix.objects.filter(prefix__net_contained=self.prefix))

    def get_parents(self, *, include_self: bool = False) -> Any:
        lookup = "net_contains_or_equals" if include_self else "net_contains"
        return Prefix.objects.filter(vrf=self.vrf, **{f"prefix__{lookup}": self.prefix})

    def get_child_ips(self) -> Any:
        """The addresses within this network."""
        from jobyard_server.inventory.ipam.models.addresses import IPAddress  # noqa: PLC0415  # it needs prefixes

        return self._here(IPAddress.objects.filter(address__net_host_contained=self.prefix))

    def get_child_ranges(self) -> Any:
        from jobyard_server.inventory.ipam.models.ranges import IPRange  # noqa: PLC0415  # it needs prefixes

        ends = {
            "start_address__net_host_contained": self.prefix,
            "end_address__net_host_contained": self.prefix,
        }
        return self._here(IPRange.objects.filter(**ends))

    def get_available_prefixes(self) -> IPSet:
        """What no network within this one covers."""
        taken = self.get_child_prefixes().values_list("prefix", flat=True)
        return IPSet([self.prefix]) - IPSet(taken)

    def get_first_available_prefix(self) -> Any:
        """The first network that is free, as large as it can be; None when nothing is."""
        free = list(self.get_available_prefixes().iter_cidrs())
        return free[0] if free else None

    def get_available_ips(self) -> IPSet:
        """The addresses that are neither taken nor reserved for network and broadcast."""
        taken = IPSet(address.ip for address in self.get_child_ips().values_list("address", flat=True))
        for part in self.get_child_ranges():
            taken.add(part.range)
        free = IPSet([self.prefix]) - taken
        return free - IPSet(self._unusable())

    def get_first_available_ip(self) -> str | None:
        """The first free address with the length of this network, ``10.0.0.1/24``; None when nothing is."""
        free = next(iter(self.get_available_ips().iter_cidrs()), None)
        return None if free is None else f"{free.ip}/{self.prefix.prefixlen}"

    def get_utilization(self) -> float:
        """Percent of this network that is taken, by networks in a container, else by addresses."""
        if self.status == "container":
            taken = IPSet(self.get_child_prefixes().values_list("prefix", flat=True)).size
        else:
            taken = self.get_child_ips().count()
        usable = self.prefix.size - (0 if self.is_pool else len(self._unusable()))
        return min(100.0, float(taken * 100 / max(usable, 1)))

    def _unusable(self) -> list[Any]:
        net: IPNetwork = self.prefix
        if self.is_pool or (net.version, net.prefixlen) in {(4, 31), (4, 32), (6, 127), (6, 128)}:
            return []
        ends = [net.cidr.ip]  # the anycast address of routers, in IPv6
        return [*ends, net[-1]] if net.version == 4 else ends  # noqa: PLR2004  # the version of IP

    def _here(self, rows: Any) -> Any:
        is_global_container = self.vrf is None and self.status == "container"
        return rows if is_global_container else rows.filter(vrf=self.vrf)

    def clean(self) -> None:
        super().clean()
        refuse(self.prefix.prefixlen == 0, "prefix", "Cannot create prefix with /0 mask.")
        if self.vrf is not None and self.vrf.enforce_unique:
            same = Prefix.objects.exclude(pk=self.pk).filter(vrf=self.vrf, prefix=self.prefix)
            refuse(same.exists(), "prefix", f"Duplicate prefix found in VRF {self.vrf}: {self.prefix}")
