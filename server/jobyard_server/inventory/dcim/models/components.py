"""What all components of devices share."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import Natural, PrimaryModel


class ComponentModel(PrimaryModel):
    """A named part of a device."""

    belongs_to = "device"  #: Its name says little without that of the device.

    device: Any = models.ForeignKey("dcim.Device", on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(max_length=64)
    label = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("device", Natural("name"))
        constraints = [models.UniqueConstraint(fields=["device", "name"], name="%(class)s_name_in_device")]
        indexes = [models.Index(fields=["name"], name="%(class)s_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.label})" if self.label else str(self.name)
