"""Routing tables that share no addresses."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import PrimaryModel


class RouteTarget(PrimaryModel):
    name = models.CharField(max_length=21, unique=True)
    description = models.CharField(max_length=200, blank=True)
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="route_targets"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class VRF(PrimaryModel):
    name = models.CharField(max_length=100, db_index=True)
    rd = models.CharField(
        max_length=21, unique=True, null=True, blank=True, verbose_name="route distinguisher"
    )
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="vrfs"
    )
    enforce_unique = models.BooleanField(default=True)
    description = models.CharField(max_length=200, blank=True)
    import_targets: Any = models.ManyToManyField(RouteTarget, related_name="importing_vrfs", blank=True)
    export_targets: Any = models.ManyToManyField(RouteTarget, related_name="exporting_vrfs", blank=True)

    class Meta:
        ordering = ("name", "rd")
        verbose_name = "VRF"

    def __str__(self) -> str:
        return f"{self.name} ({self.rd})" if self.rd else str(self.name)
