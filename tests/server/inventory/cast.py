"""A small network to work on."""

from __future__ import annotations

from typing import Any

from jobyard_server.inventory.dcim.models import (
    Cable,
    Device,
    DeviceRole,
    DeviceType,
    Interface,
    Manufacturer,
    Region,
    Site,
)
from jobyard_server.inventory.extras.standard_statuses import fill_in


class Lab:
    """One site, one type of switch, one role; and short ways to more."""

    def __init__(self) -> None:
        fill_in()
        self.region = Region.objects.create(name="Europe", slug="europe")
        self.site = Site.objects.create(name="Amsterdam", slug="ams01", status="active", region=self.region)
        self.maker = Manufacturer.objects.create(name="Acme", slug="acme")
        self.kind = DeviceType.objects.create(manufacturer=self.maker, model="Switch 48", slug="switch-48")
        self.role = DeviceRole.objects.create(name="Access Switch", slug="access-switch")

    def device(self, name: str, **values: Any) -> Device:
        base = {"site": self.site, "device_type": self.kind, "device_role": self.role, "status": "active"}
        return Device.objects.create(**{"name": name, **base, **values})

    def interface(self, device: Device, name: str = "eth0", **values: Any) -> Interface:
        return Interface.objects.create(device=device, name=name, **{"type": "1000base-t", **values})

    def cable(self, a: Any, b: Any, **values: Any) -> Cable:
        made = Cable(termination_a=a, termination_b=b, **values)
        made.validated_save()
        return made
