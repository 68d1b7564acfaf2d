"""For whom things are."""

from __future__ import annotations

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, SlugField, TreeModel


class TenantGroup(OrganizationalModel, TreeModel):
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )


class Tenant(PrimaryModel):
    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    group = models.ForeignKey(
        TenantGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="tenants"
    )
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)
