"""Power panels and the feeds that leave them."""

from __future__ import annotations

from django.db import models

from jobyard_server.inventory.base import Alias, Natural, PrimaryModel, StatusField, Within
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import (
    PowerFeedPhaseChoices,
    PowerFeedSupplyChoices,
    PowerFeedTypeChoices,
)
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd
from jobyard_server.inventory.dcim.models.places import Location, Site
from jobyard_server.inventory.dcim.models.racks import Rack, RackGroup


class PowerPanel(PrimaryModel):
    name = models.CharField(max_length=100)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="powerpanels")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="powerpanels"
    )
    rack_group = models.ForeignKey(
        RackGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="powerpanels"
    )

    class Meta:
        ordering = ("site", Natural("name"))
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="power_panel_name_in_site")]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        refuse(
            self.rack_group and self.rack_group.site_id != self.site_id,
            "rack_group",
            f"The rack group must be of the site {self.site}.",
        )


class PowerFeed(PathEnd, PrimaryModel):
    belongs_to = "power_panel"  #: See the components of devices.

    name = models.CharField(max_length=100)
    power_panel = models.ForeignKey(PowerPanel, on_delete=models.PROTECT, related_name="powerfeeds")
    parent = Alias("power_panel")
    rack = models.ForeignKey(Rack, null=True, blank=True, on_delete=models.PROTECT, related_name="powerfeeds")
    status = StatusField()
    type = models.CharField(max_length=50, choices=PowerFeedTypeChoices.CHOICES, default="primary")
    supply = models.CharField(max_length=50, choices=PowerFeedSupplyChoices.CHOICES, default="ac")
    phase = models.CharField(max_length=50, choices=PowerFeedPhaseChoices.CHOICES, default="single-phase")
    voltage = models.SmallIntegerField(default=120)
    amperage = models.PositiveSmallIntegerField(default=20)
    max_utilization = models.PositiveSmallIntegerField(default=80)  # percent
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("power_panel", Natural("name"))
        constraints = [
            models.UniqueConstraint(fields=["power_panel", "name"], name="power_feed_name_in_panel"),
            Within(field="max_utilization", low=1, high=100, name="powerfeed_max_utilization_in_range"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        refuse(
            self.rack and self.rack.site_id != self.power_panel.site_id,
            "rack",
            f"The rack must be of the site {self.power_panel.site}, as the panel is.",
        )
        refuse(self.supply == "ac" and self.voltage < 0, "voltage", "AC voltage cannot be negative.")
