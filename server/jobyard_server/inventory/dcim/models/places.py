"""Where things are."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import (
    OrganizationalModel,
    PrimaryModel,
    SlugField,
    StatusField,
    TreeModel,
)
from jobyard_server.inventory.base.model import refuse


def check_time_zone(name: str) -> None:
    """
    Check that there is a time zone *name*, such as ``Europe/Berlin``.

    Raises:
        ValidationError: There is none.
    """
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone; a valid one is “Europe/Berlin”.")


class Region(OrganizationalModel, TreeModel):
    """A part of the world, within another one or not."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )


class SiteGroup(OrganizationalModel, TreeModel):
    """Sites of one purpose, wherever they are."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )


class Site(PrimaryModel):
    """A place with equipment."""

    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    status = StatusField(related_name="sites")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="sites")
    group = models.ForeignKey(
        SiteGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="sites"
    )
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="sites"
    )
    facility = models.CharField(max_length=50, blank=True)
    asn = models.BigIntegerField(null=True, blank=True)
    asns = models.ManyToManyField("ipam.ASN", related_name="sites", blank=True)
    time_zone = models.CharField(max_length=63, blank=True, validators=[check_time_zone])
    description = models.CharField(max_length=200, blank=True)
    physical_address = models.CharField(max_length=200, blank=True)
    shipping_address = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    contact_email = models.EmailField(blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class LocationType(OrganizationalModel, TreeModel):
    """Building, floor, room: what a location is, and what it lies in."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    nestable = models.BooleanField(default=False)
    content_types = models.ManyToManyField(
        "contenttypes.ContentType", related_name="location_types", blank=True
    )


class Location(TreeModel, PrimaryModel):
    """A part of a site, within another one or not."""

    name = models.CharField(max_length=100)
    slug = SlugField(max_length=250)
    location_type = models.ForeignKey(
        LocationType, null=True, blank=True, on_delete=models.PROTECT, related_name="locations"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="locations")
    status = StatusField()
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="locations"
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="location_name_in_parent"),
            models.UniqueConstraint(fields=["site", "parent", "slug"], name="location_slug_in_site"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def base_site(self) -> Site | None:
        """The site that this location lies in, directly or through others."""
        above: Location | None = self
        while above is not None and above.site is None:
            above = above.parent
        return None if above is None else above.site

    def clean(self) -> None:
        super().clean()
        parent_site = self.parent.base_site if self.parent else None
        refuse(
            self.site and parent_site and self.site != parent_site,
            "site",
            f"The parent of this location lies in {parent_site}.",
        )
        kind = self.location_type
        if kind and self.parent and self.parent.location_type and not kind.nestable:
            refuse(
                kind.parent != self.parent.location_type,
                "parent",
                f"A location of type {kind} may only lie in one of type {kind.parent}.",
            )
