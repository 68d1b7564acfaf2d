"""Devices in devices, and modules."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.models.components import ComponentModel
from jobyard_server.inventory.dcim.models.kinds import ModuleType


class DeviceBay(ComponentModel):
    """A slot of a chassis that takes another device."""

    installed_device: Any = models.OneToOneField(
        "dcim.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="parent_bay"
    )

    class Meta(ComponentModel.Meta):
        pass

    def clean(self) -> None:
        super().clean()
        refuse(
            not self.device.device_type.is_parent_device,
            "device",
            f"This type of device ({self.device.device_type}) does not support device bays.",
        )
        inner = self.installed_device
        refuse(inner and inner == self.device, "installed_device", "Cannot install a device into itself.")
        refuse(
            inner and not inner.device_type.is_child_device,
            "installed_device",
            f"{inner} is not of a child device type.",
        )


class ModuleBay(ComponentModel):
    """A slot of a device that takes a module."""

    position = models.CharField(max_length=30, blank=True)

    class Meta(ComponentModel.Meta):
        pass


class Module(PrimaryModel):
    """A part that is put into a bay."""

    device: Any = models.ForeignKey("dcim.Device", on_delete=models.CASCADE, related_name="modules")
    module_bay = models.OneToOneField(ModuleBay, on_delete=models.CASCADE, related_name="installed_module")
    module_type = models.ForeignKey(ModuleType, on_delete=models.PROTECT, related_name="instances")
    status = StatusField()
    serial = models.CharField(max_length=255, blank=True, db_index=True)
    asset_tag = models.CharField(max_length=50, null=True, blank=True, unique=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("module_bay",)

    def __str__(self) -> str:
        return f"{self.module_bay}: {self.module_type}"

    def clean(self) -> None:
        super().clean()
        refuse(
            self.module_bay.device_id != self.device_id,
            "module_bay",
            f"The bay must belong to the device {self.device}.",
        )
