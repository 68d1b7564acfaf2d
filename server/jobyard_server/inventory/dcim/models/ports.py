"""Console and power."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import (
    ConsolePortTypeChoices,
    PowerOutletFeedLegChoices,
    PowerOutletTypeChoices,
    PowerPortTypeChoices,
)
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd
from jobyard_server.inventory.dcim.models.components import ComponentModel


class ConsolePort(PathEnd, ComponentModel):
    """Where the device is operated from."""

    type = models.CharField(max_length=50, choices=ConsolePortTypeChoices.CHOICES, blank=True)

    class Meta(ComponentModel.Meta):
        pass


class ConsoleServerPort(PathEnd, ComponentModel):
    """Where a console server reaches others."""

    type = models.CharField(max_length=50, choices=ConsolePortTypeChoices.CHOICES, blank=True)

    class Meta(ComponentModel.Meta):
        pass


class PowerPort(PathEnd, ComponentModel):
    """Where power goes in."""

    type = models.CharField(max_length=50, choices=PowerPortTypeChoices.CHOICES, blank=True)
    maximum_draw = models.PositiveSmallIntegerField(null=True, blank=True)  # watts
    allocated_draw = models.PositiveSmallIntegerField(null=True, blank=True)  # watts

    class Meta(ComponentModel.Meta):
        pass

    def clean(self) -> None:
        super().clean()
        refuse(
            self.maximum_draw is not None and (self.allocated_draw or 0) > self.maximum_draw,
            "allocated_draw",
            f"Allocated draw cannot exceed the maximum draw ({self.maximum_draw}W).",
        )


class PowerOutlet(PathEnd, ComponentModel):
    """Where power goes out."""

    type = models.CharField(max_length=50, choices=PowerOutletTypeChoices.CHOICES, blank=True)
    power_port: Any = models.ForeignKey(
        PowerPort, null=True, blank=True, on_delete=models.SET_NULL, related_name="poweroutlets"
    )
    feed_leg = models.CharField(max_length=50, choices=PowerOutletFeedLegChoices.CHOICES, blank=True)

    class Meta(ComponentModel.Meta):
        pass

    def clean(self) -> None:
        super().clean()
        refuse(
            self.power_port and self.power_port.device_id != self.device_id,
            "power_port",
            "The power port must belong to the same device.",
        )
