"""What devices are: makers, types, roles, platforms."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, SlugField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import DeviceAirflowChoices, SubdeviceRoleChoices


class Manufacturer(OrganizationalModel):
    """Who makes devices."""


class DeviceRole(OrganizationalModel):
    """What a device is for."""

    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits
    vm_role = models.BooleanField(default=True)


class Platform(OrganizationalModel):
    """What runs on a device."""

    manufacturer = models.ForeignKey(
        Manufacturer, null=True, blank=True, on_delete=models.PROTECT, related_name="platforms"
    )
    napalm_driver = models.CharField(max_length=50, blank=True)
    network_driver = models.CharField(max_length=100, blank=True)
    napalm_args = models.JSONField(null=True, blank=True)


class HardwareType(PrimaryModel):
    """A model of a maker."""

    manufacturer: Any = models.ForeignKey(Manufacturer, on_delete=models.PROTECT, related_name="%(class)ss")
    model = models.CharField(max_length=100)
    part_number = models.CharField(max_length=50, blank=True)
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ("manufacturer", "model")

    def __str__(self) -> str:
        return str(self.model)


class DeviceType(HardwareType):
    """A model of device; its templates say with which components one begins."""

    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT, related_name="device_types")
    slug = SlugField(source="model")
    u_height = models.PositiveSmallIntegerField(default=1)
    is_full_depth = models.BooleanField(default=True)
    subdevice_role = models.CharField(max_length=50, choices=SubdeviceRoleChoices.CHOICES, blank=True)
    airflow = models.CharField(max_length=50, choices=DeviceAirflowChoices.CHOICES, blank=True)

    class Meta(HardwareType.Meta):
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "model"], name="device_type_model_once"),
            models.UniqueConstraint(fields=["manufacturer", "slug"], name="device_type_slug_once"),
        ]
        indexes = [models.Index(fields=["slug"], name="device_type_slug")]

    @property
    def display_name(self) -> str:
        return f"{self.manufacturer.name} {self.model}"

    @property
    def is_parent_device(self) -> bool:
        return self.subdevice_role == "parent"

    @property
    def is_child_device(self) -> bool:
        return self.subdevice_role == "child"

    def clean(self) -> None:
        super().clean()
        refuse(
            self.is_child_device and self.u_height,
            "u_height",
            "Child device types must be 0U.",
        )


class ModuleType(HardwareType):
    """A model of module that is put into a bay of a device."""

    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT, related_name="module_types")

    class Meta(HardwareType.Meta):
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "model"], name="module_type_model_once")
        ]
