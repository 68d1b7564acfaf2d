"""Cables: access to core, core to router, servers to access, routers to each other, console, power."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType

from jobyard_server.inventory.base.status import status_rows
from jobyard_server.inventory.dcim.models import Cable, Device
from jobyard_server.inventory.sample.devices import Equipment

Pair = tuple[Any, Any, str]  #: Two ports and the type of cable.
PLANNED_SHARE = 0.05


def connect(equipment: Equipment, chance: Random) -> int:
    """Connect what is there; the number of cables."""
    ports = Ports(equipment)
    pairs = [pair for site in equipment.by_site.values() for pair in _in_site(site, ports)]
    pairs += _between_sites(equipment, ports)
    planned, connected = (status_rows().get(slug=slug) for slug in ("planned", "connected"))
    cables = []
    for number, (a, b, kind) in enumerate(pairs, 1):
        status = planned if chance.random() < PLANNED_SHARE else connected
        cables.append(_cable(a, b, type=kind, status=status, label=f"C{number:05}"))
    Cable.objects.bulk_create(cables, batch_size=2000)
    _plug_in(pairs, cables)
    return len(cables)


class Ports:
    """Hands out each port once."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._next: dict[tuple[Any, str], int] = {}

    def free(self, device: Device, model: str) -> Any:
        """The next port that takes a cable, or None."""
        key = (device.pk, model)
        rows = self._equipment.of(device, model)
        place = self._next.get(key, 0)
        self._next[key] = place + 1
        port = rows[place] if place < len(rows) else None
        return None if port is None or getattr(port, "type", "") == "virtual" else port

    def pair(self, a: Device, b: Device, models: tuple[str, str], kind: str) -> Iterator[Pair]:
        ports = self.free(a, models[0]), self.free(b, models[1])
        if all(ports):
            yield (*ports, kind)


NETWORK = ("interface", "interface")


def _in_site(site: dict[str, list[Device]], ports: Ports) -> Iterator[Pair]:
    for number, access in enumerate(site["access"]):
        for core in _two(site["core"], number):
            yield from ports.pair(access, core, NETWORK, "mmf-om4")
    for number, core in enumerate(site["core"]):
        yield from ports.pair(core, site["router"][number % len(site["router"])], NETWORK, "smf-os2")
    for number, server in enumerate(site["server"]):
        for access in _two(site["access"], number):
            yield from ports.pair(server, access, NETWORK, "cat6")
    for rows in (site["router"], site["core"], site["access"]):
        for device in rows:
            yield from ports.pair(device, site["console"][0], ("consoleport", "consoleserverport"), "cat5e")
    powered = [device for purpose, rows in site.items() if purpose != "pdu" for device in rows]
    for number, device in enumerate(powered):
        for pdu in _two(site["pdu"], number):
            yield from ports.pair(device, pdu, ("powerport", "poweroutlet"), "power")


def _two(rows: list[Device], number: int) -> list[Device]:
    """Two of them in turn; the same one twice where there is but one."""
    return [rows[number % len(rows)], rows[(number + 1) % len(rows)]]


def _between_sites(equipment: Equipment, ports: Ports) -> Iterator[Pair]:
    routers = [site["router"][0] for site in equipment.by_site.values()]
    for a, b in pairwise([*routers, routers[0]] if len(routers) > 2 else routers):  # noqa: PLR2004  # a ring
        yield from ports.pair(a, b, NETWORK, "smf")


def _cable(a: Any, b: Any, **values: Any) -> Cable:
    kinds = [ContentType.objects.get_for_model(port) for port in (a, b)]
    return Cable(
        termination_a_type=kinds[0],
        termination_a_id=a.pk,
        termination_b_type=kinds[1],
        termination_b_id=b.pk,
        _termination_a_device_id=a.device_id,
        _termination_b_device_id=b.device_id,
        **values,
    )


def _plug_in(pairs: list[Pair], cables: list[Cable]) -> None:
    """What saving a cable does, for all of them."""
    ports: dict[Any, list[Any]] = {}
    for (a, b, _), cable in zip(pairs, cables, strict=True):
        for port in (a, b):
            port.cable = cable
            ports.setdefault(type(port), []).append(port)
    for model, rows in ports.items():
        model.objects.bulk_update(rows, ["cable"], batch_size=1000)
