"""Makers, types with their templates, roles, platforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobyard_server.inventory.dcim.models import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceRole,
    DeviceType,
    InterfaceTemplate,
    Manufacturer,
    Platform,
    PowerOutletTemplate,
    PowerPortTemplate,
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a device of one purpose is."""

    role: DeviceRole
    type: DeviceType
    platform: Platform | None


#: Purpose: role, maker, model, height, platform, ports by (name, number, type).
TABLE: dict[str, tuple[str, str, str, int, str, tuple[tuple[str, int, str], ...]]] = {
    "access": ("Access Switch", "Acme", "AS-28", 1, "ACME OS", (("Gi0/{}", 28, "1000base-t"),)),
    "core": ("Core Switch", "Acme", "CS-32", 2, "ACME OS", (("Te1/{}", 32, "10gbase-x-sfpp"),)),
    "router": ("Router", "Northwind", "R-12", 2, "NW-OS", (("ge-0/0/{}", 12, "1000base-x-sfp"),)),
    "server": ("Server", "Globex", "GX-2", 2, "Linux", (("eth{}", 4, "10gbase-t"),)),
    "console": ("Console Server", "Initech", "TS-48", 1, "Linux", (("eth{}", 1, "1000base-t"),)),
    "pdu": ("PDU", "Initech", "P-40", 0, "", (("mgmt{}", 1, "100base-tx"),)),
}
COLORS = ("4caf50", "2196f3", "9c27b0", "ff9800", "607d8b", "795548")


def make_kinds() -> dict[str, Kind]:
    makers = _named(Manufacturer, [row[1] for row in TABLE.values()])
    platforms = _named(Platform, [row[4] for row in TABLE.values() if row[4]])
    found = {}
    for color, (purpose, (role, maker, model, height, platform, ports)) in zip(
        COLORS, TABLE.items(), strict=True
    ):
        kind = DeviceType.objects.create(manufacturer=makers[maker], model=model, u_height=height)
        _describe(kind, purpose, ports)
        found[purpose] = Kind(
            role=DeviceRole.objects.create(name=role, color=color),
            type=kind,
            platform=platforms.get(platform),
        )
    return found


def _named(model: Any, names: list[str]) -> dict[str, Any]:
    return {name: model.objects.create(name=name) for name in dict.fromkeys(names)}


def _describe(kind: DeviceType, purpose: str, ports: tuple[tuple[str, int, str], ...]) -> None:
    for pattern, number, port_type in ports:
        InterfaceTemplate.objects.bulk_create(
            InterfaceTemplate(device_type=kind, name=pattern.format(n), type=port_type) for n in range(number)
        )
    InterfaceTemplate.objects.create(device_type=kind, name="lo", type="virtual")
    if purpose == "pdu":
        PowerOutletTemplate.objects.bulk_create(
            PowerOutletTemplate(device_type=kind, name=f"Outlet {n:02}", type="iec-60320-c13")
            for n in range(1, 41)
        )
        return
    ConsolePortTemplate.objects.create(device_type=kind, name="console", type="rj-45")
    PowerPortTemplate.objects.bulk_create(
        PowerPortTemplate(device_type=kind, name=f"PSU{n}", type="iec-60320-c14", maximum_draw=400)
        for n in (1, 2)
    )
    if purpose == "console":
        ConsoleServerPortTemplate.objects.bulk_create(
            ConsoleServerPortTemplate(device_type=kind, name=f"port{n:02}", type="rj-45")
            for n in range(1, 49)
        )
