"""Prefixes, VLANs and addresses: a /16 for each site, loopbacks, management and servers in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from netaddr import IPNetwork

from jobyard_server.inventory.base.status import status_rows
from jobyard_server.inventory.dcim.models import Device, Interface, Site
from jobyard_server.inventory.ipam.models import RIR, VLAN, Aggregate, IPAddress, Prefix, Role
from jobyard_server.inventory.sample.devices import Equipment

if TYPE_CHECKING:
    from jobyard_server.inventory.sample.network import SampleSize

VLANS = ((10, "Management"), (20, "Users"), (30, "Voice"), (40, "Servers"))
Given = tuple[Any, str, str]  #: Interface, address with mask, role.


def give_addresses(size: SampleSize, equipment: Equipment) -> int:
    """Number every device, then interfaces until there are enough addresses; how many there are."""
    sites = {site.slug: site for site in Site.objects.filter(slug__in=list(equipment.by_site))}
    plans = {slug: IPNetwork(f"10.{number}.0.0/16") for number, slug in enumerate(equipment.by_site, 1)}
    _make_prefixes(sites, plans)
    given = _enough(
        size.addresses,
        [list(_loopbacks(equipment, slug, plans[slug])) for slug in plans],
        [list(_links(equipment, slug, plans[slug])) for slug in plans],
    )
    kind, active = ContentType.objects.get_for_model(Interface), status_rows().get(slug="active")
    rows = [
        IPAddress(
            address=address,
            role=role,
            status=active,
            assigned_object_type=kind,
            assigned_object_id=interface.pk,
            dns_name=f"{interface.device.name}.example.com" if role else "",
        )
        for interface, address, role in given
    ]
    IPAddress.objects.bulk_create(rows, batch_size=2000)
    _make_primary(rows, given)
    return len(rows)


def _enough(number: int, first: list[list[Given]], then: list[list[Given]]) -> list[Given]:
    """All of *first*; of *then* in turn from each site until there are *number*."""
    given = [item for part in first for item in part]
    longest = max((len(part) for part in then), default=0)
    more = [part[place] for place in range(longest) for part in then if place < len(part)]
    return [*given, *more[: max(0, number - len(given))]]


def _make_prefixes(sites: dict[str, Site], plans: dict[str, IPNetwork]) -> None:
    Aggregate.objects.create(prefix="10.0.0.0/8", rir=RIR.objects.create(name="RFC 1918", is_private=True))
    container, active = (status_rows().get(slug=slug) for slug in ("container", "active"))
    role = Role.objects.create(name="Loopbacks")
    prefixes, vlans = [], []
    for slug, plan in plans.items():
        site = sites[slug]
        base = {"site": site, "tenant": site.tenant}
        prefixes += [Prefix(prefix=str(plan), status=container, **base)]
        parts = list(plan.subnet(24))
        prefixes += [Prefix(prefix=str(parts[0]), status=active, role=role, is_pool=True, **base)]
        for (vid, name), part in zip(VLANS, parts[1:], strict=False):
            vlans.append(VLAN(vid=vid, name=name, status=active, **base))
            prefixes.append(Prefix(prefix=str(part), status=active, vlan=vlans[-1], **base))
        prefixes.append(Prefix(prefix=str(list(plan.subnet(18))[1]), status=active, **base))
    VLAN.objects.bulk_create(vlans)
    Prefix.objects.bulk_create(prefixes)


def _loopbacks(equipment: Equipment, slug: str, plan: IPNetwork) -> Iterator[Given]:
    devices = [device for rows in equipment.by_site[slug].values() for device in rows]
    for number, device in enumerate(devices, 1):
        loopback = next(row for row in equipment.of(device, "interface") if row.type == "virtual")
        yield loopback, f"{plan[number]}/32", "loopback"


def _links(equipment: Equipment, slug: str, plan: IPNetwork) -> Iterator[Given]:
    """From the second quarter of the site on, a /30 for each interface of routers, cores and servers."""
    number = plan.size // 4
    for purpose in ("router", "core", "server", "access"):
        for device in equipment.by_site[slug][purpose]:
            for interface in equipment.of(device, "interface"):
                if interface.type != "virtual":
                    yield interface, f"{plan[number + 1]}/30", ""
                    number += 4


def _make_primary(rows: list[IPAddress], given: list[Given]) -> None:
    devices = []
    for row, (interface, _, role) in zip(rows, given, strict=True):
        if role == "loopback":
            interface.device.primary_ip4 = row
            devices.append(interface.device)
    Device.objects.bulk_update(devices, ["primary_ip4"], batch_size=1000)
