"""VLANs and their groups, and the roles that prefixes share with them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, SlugField, StatusField, Within
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.constants import VLAN_VID_MAX, VLAN_VID_MIN


class Role(OrganizationalModel):
    """What a prefix or a VLAN is for."""

    weight = models.PositiveSmallIntegerField(default=1000)

    class Meta(OrganizationalModel.Meta):
        ordering: ClassVar[Any] = ("weight", "name")


class VLANGroup(PrimaryModel):
    """VLANs whose numbers and names differ."""

    name = models.CharField(max_length=100, db_index=True)
    slug = SlugField()
    site: Any = models.ForeignKey(
        "dcim.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="vlan_groups"
    )
    location: Any = models.ForeignKey(
        "dcim.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="vlan_groups"
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("site", "name")
        verbose_name = "VLAN group"
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="vlan_group_name_in_site"),
            models.UniqueConstraint(fields=["site", "slug"], name="vlan_group_slug_in_site"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_next_available_vid(self) -> int | None:
        """The smallest number that no VLAN of this group has."""
        taken = set(VLAN.objects.filter(group=self).values_list("vid", flat=True))
        free = (vid for vid in range(VLAN_VID_MIN, VLAN_VID_MAX + 1) if vid not in taken)
        return next(free, None)


class VLAN(PrimaryModel):
    vid = models.PositiveSmallIntegerField(verbose_name="ID", db_index=True)
    name = models.CharField(max_length=255, db_index=True)
    site: Any = models.ForeignKey(
        "dcim.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="vlans"
    )
    location: Any = models.ForeignKey(
        "dcim.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="vlans"
    )
    group = models.ForeignKey(
        VLANGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="vlans"
    )
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="vlans"
    )
    status = StatusField()
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="vlans")
    description = models.CharField(max_length=200, blank=True)
    l2vpn_terminations = GenericRelation(
        "ipam.L2VPNTermination", "assigned_object_id", "assigned_object_type"
    )

    class Meta:
        ordering = ("site", "group", "vid")
        verbose_name = "VLAN"
        constraints = [
            models.UniqueConstraint(fields=["group", "vid"], name="vlan_id_in_group"),
            models.UniqueConstraint(fields=["group", "name"], name="vlan_name_in_group"),
            Within(field="vid", low=VLAN_VID_MIN, high=VLAN_VID_MAX, name="vlan_vid_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.vid})"

    def get_interfaces(self) -> Any:
        """The interfaces of devices that carry this VLAN, tagged or not."""
        from jobyard_server.inventory.dcim.models import Interface  # noqa: PLC0415  # it refers to VLANs

        carries = models.Q(untagged_vlan=self) | models.Q(tagged_vlans=self)
        return Interface.objects.filter(carries).distinct()

    def get_vminterfaces(self) -> Any:
        """The interfaces of virtual machines that carry this VLAN, tagged or not."""
        from jobyard_server.inventory.virtualization.models import VMInterface  # noqa: PLC0415  # see above

        carries = models.Q(untagged_vlan=self) | models.Q(tagged_vlans=self)
        return VMInterface.objects.filter(carries).distinct()

    def clean(self) -> None:
        super().clean()
        refuse(
            self.group and self.group.site_id not in (None, self.site_id),
            "group",
            f"VLAN group must belong to the site {self.site}.",
        )
