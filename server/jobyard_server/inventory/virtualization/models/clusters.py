"""Hosts of virtual machines."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, StatusField


class ClusterType(OrganizationalModel):
    """The product that a cluster runs."""


class ClusterGroup(OrganizationalModel):
    """Clusters that belong together."""


class Cluster(PrimaryModel):
    name = models.CharField(max_length=100, unique=True)
    type = models.ForeignKey(ClusterType, on_delete=models.PROTECT, related_name="clusters")
    group = models.ForeignKey(
        ClusterGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="clusters"
    )
    status = StatusField()
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="clusters"
    )
    site: Any = models.ForeignKey(
        "dcim.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="clusters"
    )
    location: Any = models.ForeignKey(
        "dcim.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="clusters"
    )
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)
