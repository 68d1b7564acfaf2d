"""Regions, sites, racks and the tenants whose sites they are."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from jobyard_server.inventory.base.status import status_rows
from jobyard_server.inventory.dcim.models import Rack, Region, Site
from jobyard_server.inventory.tenancy.models import Tenant, TenantGroup

if TYPE_CHECKING:
    from jobyard_server.inventory.sample.network import SampleSize

REGIONS = ("Europe", "North America", "Asia Pacific")
CITIES = (
    *("Amsterdam", "Atlanta", "Singapore", "Berlin", "Boston", "Sydney", "Ghent", "Chicago", "Tokyo"),
    *("Lisbon", "Denver", "Mumbai", "Oslo", "Toronto", "Seoul", "Zurich", "Seattle", "Auckland"),
)
RACKS_PER_SITE = 4


def make_places(size: SampleSize, chance: Random) -> list[Site]:
    regions = [Region.objects.create(name=_name(REGIONS, n)) for n in range(size.regions)]
    group = TenantGroup.objects.create(name="Business units")
    tenants = [Tenant.objects.create(name=name, group=group) for name in ("Retail", "Logistics", "Research")]
    active, planned = (status_rows().get(slug=slug) for slug in ("active", "planned"))
    sites = []
    for number in range(size.sites):
        name = _name(CITIES, number)
        site = Site(name=name, region=regions[number % len(regions)], tenant=chance.choice(tenants))
        site.status = planned if number == size.sites - 1 else active
        site.facility, site.asn = f"DC {number + 1}", 65000 + number
        site.save()
        sites.append(site)
    Rack.objects.bulk_create(
        Rack(name=f"R{n}", site=site, status=active) for site in sites for n in range(1, RACKS_PER_SITE + 1)
    )
    return sites


def _name(names: tuple[str, ...], number: int) -> str:
    """The names in turn; a number tells the later ones apart."""
    lap, place = divmod(number, len(names))
    return f"{names[place]} {lap + 1}" if lap else names[place]
