"""The components with which devices of a type begin."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import Natural
from jobyard_server.inventory.base.model import CustomFieldModel, refuse
from jobyard_server.inventory.dcim.choices import (
    ConsolePortTypeChoices,
    InterfaceTypeChoices,
    PortTypeChoices,
    PowerOutletFeedLegChoices,
    PowerOutletTypeChoices,
    PowerPortTypeChoices,
)
from jobyard_server.inventory.dcim.models.kinds import DeviceType


class ComponentTemplate(CustomFieldModel):
    """A component to be; fields that the component has too are copied by name."""

    device_type: Any = models.ForeignKey(DeviceType, on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(max_length=64)
    label = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("device_type", Natural("name"))
        constraints = [models.UniqueConstraint(fields=["device_type", "name"], name="%(class)s_name_in_type")]

    def __str__(self) -> str:
        return f"{self.name} ({self.label})" if self.label else str(self.name)


class ConsolePortTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=ConsolePortTypeChoices.CHOICES, blank=True)


class ConsoleServerPortTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=ConsolePortTypeChoices.CHOICES, blank=True)


class PowerPortTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=PowerPortTypeChoices.CHOICES, blank=True)
    maximum_draw = models.PositiveSmallIntegerField(null=True, blank=True)
    allocated_draw = models.PositiveSmallIntegerField(null=True, blank=True)


class PowerOutletTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=PowerOutletTypeChoices.CHOICES, blank=True)
    power_port: Any = models.ForeignKey(
        PowerPortTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="poweroutlets"
    )
    feed_leg = models.CharField(max_length=50, choices=PowerOutletFeedLegChoices.CHOICES, blank=True)


class InterfaceTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=InterfaceTypeChoices.CHOICES)
    mgmt_only = models.BooleanField(default=False)


class RearPortTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=PortTypeChoices.CHOICES)
    positions = models.PositiveSmallIntegerField(default=1)


class FrontPortTemplate(ComponentTemplate):
    type = models.CharField(max_length=50, choices=PortTypeChoices.CHOICES)
    rear_port: Any = models.ForeignKey(RearPortTemplate, on_delete=models.CASCADE, related_name="frontports")
    rear_port_position = models.PositiveSmallIntegerField(default=1)

    def clean(self) -> None:
        super().clean()
        rear = self.rear_port
        refuse(rear.device_type_id != self.device_type_id, "rear_port", "It must be of the same type.")
        refuse(
            self.rear_port_position > rear.positions,
            "rear_port_position",
            f"The rear port {rear} has only {rear.positions} positions.",
        )


class DeviceBayTemplate(ComponentTemplate):
    pass


class ModuleBayTemplate(ComponentTemplate):
    position = models.CharField(max_length=30, blank=True)
