"""Networks of the second layer over those of the third."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from jobyard_server.inventory.base import PrimaryModel, SlugField
from jobyard_server.inventory.ipam.choices import L2VPNTypeChoices
from jobyard_server.inventory.ipam.models.vrfs import RouteTarget


class L2VPN(PrimaryModel):
    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    type = models.CharField(max_length=50, choices=L2VPNTypeChoices.CHOICES)
    identifier = models.BigIntegerField(null=True, blank=True)
    import_targets: Any = models.ManyToManyField(RouteTarget, related_name="importing_l2vpns", blank=True)
    export_targets: Any = models.ManyToManyField(RouteTarget, related_name="exporting_l2vpns", blank=True)
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="l2vpns"
    )
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = "L2VPN"

    def __str__(self) -> str:
        return f"{self.name} ({self.identifier})" if self.identifier else str(self.name)


class L2VPNTermination(PrimaryModel):
    """A VLAN or an interface that belongs to one."""

    l2vpn = models.ForeignKey(L2VPN, on_delete=models.CASCADE, related_name="terminations")
    assigned_object_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+"
    )
    assigned_object_id = models.UUIDField()
    assigned_object = GenericForeignKey("assigned_object_type", "assigned_object_id")

    class Meta:
        ordering = ("l2vpn",)
        verbose_name = "L2VPN termination"
        constraints = [
            models.UniqueConstraint(
                fields=["assigned_object_type", "assigned_object_id"], name="l2vpn_of_object_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assigned_object} in {self.l2vpn}"
