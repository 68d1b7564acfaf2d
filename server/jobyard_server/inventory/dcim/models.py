"""Where things are."""

from __future__ import annotations

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel
from jobyard_server.inventory.extras.models import Status


class Region(OrganizationalModel):
    """A part of the world, within another one or not."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )


class Site(OrganizationalModel):
    """A place with equipment."""

    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="sites")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="sites")
    facility = models.CharField(max_length=50, blank=True)
    physical_address = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)
