"""Racks, and what is reserved in them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from jobyard_server.inventory.base import (
    Natural,
    OrganizationalModel,
    PrimaryModel,
    SlugField,
    StatusField,
    TreeModel,
    Within,
)
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import (
    RackDimensionUnitChoices,
    RackTypeChoices,
    RackWidthChoices,
)
from jobyard_server.inventory.dcim.models.places import Location, Site

MOST_UNITS = 100


class RackGroup(TreeModel, PrimaryModel):
    """Racks of a site that stand together."""

    name = models.CharField(max_length=100)
    slug = SlugField()
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="rack_groups")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="rack_groups"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("site", "name")
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="rack_group_name_in_site"),
            models.UniqueConstraint(fields=["site", "slug"], name="rack_group_slug_in_site"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        refuse(
            self.parent and self.parent.site_id != self.site_id,
            "parent",
            f"The parent group must belong to the same site ({self.site}).",
        )


class RackRole(OrganizationalModel):
    """What a rack is for."""

    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits


class Rack(PrimaryModel):
    """A frame with units, counted from 1."""

    name = models.CharField(max_length=100)
    facility_id = models.CharField(max_length=50, null=True, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="racks")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="racks"
    )
    group = models.ForeignKey(
        RackGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="racks"
    )
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="racks"
    )
    status = StatusField()
    role = models.ForeignKey(RackRole, null=True, blank=True, on_delete=models.PROTECT, related_name="racks")
    serial = models.CharField(max_length=255, blank=True, db_index=True)
    asset_tag = models.CharField(max_length=50, null=True, blank=True, unique=True)
    type = models.CharField(max_length=50, choices=RackTypeChoices.CHOICES, blank=True)
    width = models.PositiveSmallIntegerField(choices=RackWidthChoices.CHOICES, default=19)
    u_height = models.PositiveSmallIntegerField(default=42)
    desc_units = models.BooleanField(default=False)  # unit 1 is at the top
    outer_width = models.PositiveSmallIntegerField(null=True, blank=True)
    outer_depth = models.PositiveSmallIntegerField(null=True, blank=True)
    outer_unit = models.CharField(max_length=50, choices=RackDimensionUnitChoices.CHOICES, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("site", "group", Natural("name"))
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="rack_name_in_group"),
            models.UniqueConstraint(fields=["group", "facility_id"], name="rack_facility_in_group"),
            Within(field="u_height", low=1, high=MOST_UNITS, name="rack_u_height_in_range"),
        ]
        indexes = [models.Index(fields=["site", "name"], name="rack_site_name")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def units(self) -> list[int]:
        return list(range(1, self.u_height + 1))

    def get_available_units(self, u_height: int = 1, rack_face: str = "", exclude: Any = ()) -> list[int]:
        """The lowest units at which a device of this height fits, on *rack_face* or in the whole depth."""
        taken = self.taken_units(rack_face, exclude)
        return [
            unit
            for unit in self.units
            if unit + u_height - 1 <= self.u_height and not taken & set(range(unit, unit + u_height))
        ]

    def taken_units(self, rack_face: str = "", exclude: Any = ()) -> set[int]:
        """Units that hold a device on this face; without a face, on any."""
        devices: Any = self.devices.filter(position__gte=1).exclude(pk__in=exclude)
        if rack_face:
            devices = devices.filter(models.Q(face=rack_face) | models.Q(device_type__is_full_depth=True))
        return {
            unit
            for position, height in devices.values_list("position", "device_type__u_height")
            for unit in range(position, position + max(height, 1))
        }

    def clean(self) -> None:
        super().clean()
        refuse(
            self.group and self.group.site_id != self.site_id,
            "group",
            f"Rack group must be of the site {self.site}.",
        )
        refuse(
            self.location and self.location.base_site not in (None, self.site),
            "location",
            f"The location must lie in the site {self.site}.",
        )
        refuse((self.outer_width or self.outer_depth) and not self.outer_unit, "outer_unit", "Give a unit.")
        if not self._state.adding:
            top = max(self.taken_units(), default=0)
            refuse(top > self.u_height, "u_height", f"A device is mounted in unit {top}.")


class RackReservation(PrimaryModel):
    """Units of a rack that somebody needs."""

    rack = models.ForeignKey(Rack, on_delete=models.CASCADE, related_name="reservations")
    units = models.JSONField(default=list)
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="rackreservations"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)

    class Meta:
        ordering = ("created",)

    def __str__(self) -> str:
        return f"Reservation for rack {self.rack}"

    def clean(self) -> None:
        super().clean()
        units = self.units
        is_list = isinstance(units, list) and all(isinstance(unit, int) for unit in units)
        refuse(not is_list or not units, "units", "Give a list of units, such as [1, 2].")
        missing = sorted(set(units) - set(self.rack.units))
        refuse(missing, "units", f"The rack has no unit {', '.join(map(str, missing))}.")
        others = RackReservation.objects.filter(rack=self.rack).exclude(pk=self.pk)
        taken = sorted({unit for other in others for unit in other.units} & set(units))
        refuse(taken, "units", f"Already reserved: {', '.join(map(str, taken))}.")
