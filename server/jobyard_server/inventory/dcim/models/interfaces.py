"""Network interfaces of devices."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from jobyard_server.inventory.base import Alias, MACField, StatusField, Within
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import InterfaceModeChoices, InterfaceTypeChoices
from jobyard_server.inventory.dcim.interface_choices import VIRTUAL_TYPES, WIRELESS_TYPES
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd
from jobyard_server.inventory.dcim.models.components import ComponentModel

LARGEST_MTU = 65536
TAGGED = "tagged"  #: The mode in which an interface carries chosen VLANs.


class BaseInterface(models.Model):
    """What interfaces of devices and of virtual machines share."""

    enabled = models.BooleanField(default=True)
    status = StatusField()
    mac_address = MACField(null=True, blank=True, db_index=True)
    mtu = models.PositiveIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=50, choices=InterfaceModeChoices.CHOICES, blank=True)
    parent_interface: Any = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="child_interfaces"
    )
    parent = Alias("parent_interface")
    bridge: Any = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="bridged_interfaces"
    )
    vrf: Any = models.ForeignKey(
        "ipam.VRF", null=True, blank=True, on_delete=models.SET_NULL, related_name="%(class)ss"
    )
    ip_addresses: Any
    tagged_vlans: Any
    site_id: Any  #: Of what the interface belongs to.

    class Meta:
        abstract = True

    def count_ipaddresses(self) -> int:
        return int(self.ip_addresses.count())

    def check_vlans(self) -> None:
        """
        Check that the untagged VLAN fits.

        Raises:
            ValidationError: There is no mode for it, or it belongs to another site.
        """
        vlan = getattr(self, "untagged_vlan", None)
        refuse(vlan and not self.mode, "mode", "An untagged VLAN needs an 802.1Q mode.")
        if vlan is not None:
            self._check_site(vlan, "untagged_vlan")

    def check_lists(self) -> None:
        """
        Check that tagged VLANs fit.

        Raises:
            ValidationError: The mode is another one, or one belongs to another site.
        """
        vlans = list(self.tagged_vlans.select_related("site"))
        is_tagged = self.mode == TAGGED
        refuse(vlans and not is_tagged, "tagged_vlans", "Tagged VLANs need the 802.1Q mode “Tagged”.")
        for vlan in vlans:
            self._check_site(vlan, "tagged_vlans")

    def _check_site(self, vlan: Any, field: str) -> None:
        elsewhere = vlan.site_id not in (None, self.site_id)
        refuse(elsewhere, field, f"The VLAN {vlan} belongs to another site ({vlan.site}).")


class Interface(BaseInterface, PathEnd, ComponentModel):
    """A network interface of a device."""

    type = models.CharField(max_length=50, choices=InterfaceTypeChoices.CHOICES)
    mgmt_only = models.BooleanField(default=False)
    lag: Any = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="member_interfaces"
    )
    untagged_vlan: Any = models.ForeignKey(
        "ipam.VLAN", null=True, blank=True, on_delete=models.SET_NULL, related_name="interfaces_as_untagged"
    )
    tagged_vlans = models.ManyToManyField("ipam.VLAN", related_name="interfaces_as_tagged", blank=True)
    l2vpn_terminations = GenericRelation(
        "ipam.L2VPNTermination", "assigned_object_id", "assigned_object_type"
    )
    ip_addresses = GenericRelation(
        "ipam.IPAddress",
        content_type_field="assigned_object_type",
        object_id_field="assigned_object_id",
        related_query_name="interface",
    )

    class Meta(ComponentModel.Meta):
        constraints = [
            *ComponentModel.Meta.constraints,
            Within(field="mtu", low=1, high=LARGEST_MTU, name="interface_mtu_in_range"),
        ]

    @property
    def site_id(self) -> Any:
        return self.device.site_id

    @property
    def is_virtual(self) -> bool:
        return self.type in VIRTUAL_TYPES

    @property
    def is_wireless(self) -> bool:
        return self.type in WIRELESS_TYPES

    @property
    def is_lag(self) -> bool:
        return self.type == "lag"

    @property
    def is_connectable(self) -> bool:
        return not self.is_virtual and not self.is_wireless

    def clean(self) -> None:
        super().clean()
        self.check_vlans()
        refuse(self.cable_id and not self.is_connectable, "type", "This type of interface takes no cable.")
        for name in ("parent_interface", "lag", "bridge"):
            self._check_neighbour(name)
        refuse(
            self.parent_interface and self.type != "virtual", "parent_interface", "Only virtual interfaces."
        )
        refuse(self.lag and self.is_virtual, "lag", "Virtual interfaces cannot be members of a LAG.")
        refuse(self.lag and not self.lag.is_lag, "lag", f"The interface {self.lag} is no LAG.")

    def _check_neighbour(self, name: str) -> None:
        other = getattr(self, name)
        if other is None:
            return
        refuse(other.pk == self.pk, name, "An interface cannot refer to itself.")
        chassis = self.device.virtual_chassis_id
        is_near = other.device_id == self.device_id or (
            chassis and other.device.virtual_chassis_id == chassis
        )
        refuse(not is_near, name, f"The interface {other} belongs to another device ({other.device}).")
