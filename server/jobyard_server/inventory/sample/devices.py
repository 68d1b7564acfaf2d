"""Devices of each site with their components, written in bulk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from jobyard_server.inventory.base.status import status_rows
from jobyard_server.inventory.dcim.models import Device, Site
from jobyard_server.inventory.dcim.models.equipping import KINDS, components_of
from jobyard_server.inventory.sample.kinds import Kind

if TYPE_CHECKING:
    from jobyard_server.inventory.sample.network import SampleSize

#: What a site has, by share of its devices; at least one of each but servers.
SHARES = {"router": 0.08, "core": 0.08, "console": 0.04, "pdu": 0.12, "access": 0.36, "server": 0.32}
STATUSES = ("active",) * 16 + ("planned", "offline", "staged", "failed")
SHORT = {"router": "rtr", "core": "core", "console": "con", "pdu": "pdu", "access": "sw", "server": "srv"}


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What there is: devices by site and purpose, components by device and model."""

    by_site: dict[str, dict[str, list[Device]]] = field(default_factory=dict)
    components: dict[Any, dict[str, list[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def of(self, device: Device, model: str) -> list[Any]:
        """The components of *device*: ``interface``, ``powerport`` …"""
        return self.components[device.pk][model]

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {"devices": 0}
        for components in self.components.values():
            found["devices"] += 1
            for model, rows in components.items():
                found[f"{model}s"] = found.get(f"{model}s", 0) + len(rows)
        return found


def make_devices(size: SampleSize, chance: Random, kinds: dict[str, Kind], sites: list[Site]) -> Equipment:
    equipment = Equipment()
    statuses = {slug: status_rows().get(slug=slug) for slug in dict.fromkeys(STATUSES)}
    devices = []
    for number, site in enumerate(sites):
        amount = size.devices // len(sites) + (1 if number < size.devices % len(sites) else 0)
        equipment.by_site[site.slug] = found = _of_site(site, amount, kinds)
        devices += [device for rows in found.values() for device in rows]
    for number, device in enumerate(devices):
        device.status = statuses[chance.choice(STATUSES)]
        device.serial, device.asset_tag = f"SN{chance.randrange(10**8):08}", f"A{number:06}"
    Device.objects.bulk_create(devices)
    _equip(devices, equipment)
    return equipment


def _of_site(site: Site, amount: int, kinds: dict[str, Kind]) -> dict[str, list[Device]]:
    left, found = amount, {}
    racks = list(site.racks.all())
    for purpose, share in SHARES.items():
        number = left if purpose == "server" else min(left, max(1, round(amount * share)))
        left -= number
        kind = kinds[purpose]
        found[purpose] = [
            Device(
                name=f"{site.slug}-{SHORT[purpose]}{n:02}",
                site=site,
                rack=racks[n % len(racks)],
                tenant=site.tenant,
                device_type=kind.type,
                device_role=kind.role,
                platform=kind.platform,
            )
            for n in range(1, number + 1)
        ]
    return found


def _equip(devices: list[Device], equipment: Equipment) -> None:
    """All components of one model in one statement, instead of a few statements per device."""
    rows = defaultdict(list)
    for made in components_of(devices):
        rows[type(made)].append(made)
        equipment.components[made.device_id][made._meta.model_name].append(made)
    for model in KINDS.values():
        model.objects.bulk_create(rows[model], batch_size=2000)
