"""
The statuses of a new installation, and for which kinds of rows each is meant.

Filled in after migrations, because kinds of rows (content types) only exist then. What people changed stays:
a database with any status is given no other ones, and a status with any kind of row no further ones.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connections

COLORS = {
    "active": "4caf50", "available": "4caf50", "connected": "4caf50", "container": "9e9e9e",
    "decommissioned": "9e9e9e", "decommissioning": "ffc107", "deprecated": "f44336",
    "deprovisioning": "ffc107", "dhcp": "4caf50", "failed": "f44336", "inventory": "9e9e9e",
    "maintenance": "9e9e9e", "offline": "ffc107", "planned": "00bcd4", "provisioning": "2196f3",
    "reserved": "00bcd4", "retired": "f44336", "slaac": "4caf50", "staged": "2196f3", "staging": "2196f3",
}  # fmt: skip  # a table
MEANT_FOR = {
    "circuits.circuit": "active decommissioned deprovisioning offline planned provisioning",
    "dcim.cable": "connected decommissioning planned",
    "dcim.device": "active decommissioning failed inventory offline planned staged",
    "dcim.interface": "active decommissioning failed maintenance planned",
    "dcim.location": "active decommissioning planned retired staging",
    "dcim.module": "active decommissioning failed offline planned staged",
    "dcim.powerfeed": "active failed offline planned",
    "dcim.rack": "active available deprecated planned reserved",
    "dcim.site": "active decommissioning planned retired staging",
    "ipam.ipaddress": "active deprecated dhcp reserved slaac",
    "ipam.iprange": "active deprecated reserved",
    "ipam.prefix": "active container deprecated reserved",
    "ipam.vlan": "active deprecated reserved",
    "virtualization.cluster": "active decommissioning offline planned staging",
    "virtualization.virtualmachine": "active decommissioning failed offline planned staged",
    "virtualization.vminterface": "active decommissioning failed maintenance planned",
}
NAMES = {"dhcp": "DHCP", "slaac": "SLAAC"}  #: Where capitalising is not enough.
TABLE = "extras_status_content_types"


def fill_in(using: str = "default", **_kwargs: Any) -> None:
    """Give the statuses their kinds of rows; called after migrations."""
    if TABLE not in connections[using].introspection.table_names():
        return  # the database is at an older version
    model = apps.get_model("extras", "Status")
    rows = {status.slug: status for status in model.objects.using(using)}
    if not rows:
        rows = _make_all(model, using)
    through = model.content_types.through
    if through.objects.using(using).exists():
        return
    kinds = {
        label: ContentType.objects.db_manager(using).get_for_model(apps.get_model(label))
        for label in MEANT_FOR
    }
    through.objects.using(using).bulk_create(
        through(status_id=rows[slug].pk, contenttype_id=kinds[label].pk)
        for label, slugs in MEANT_FOR.items()
        for slug in slugs.split()
        if slug in rows
    )


def _make_all(model: Any, using: str) -> dict[str, Any]:
    made = [
        model(name=NAMES.get(slug, slug.capitalize()), slug=slug, color=color)
        for slug, color in COLORS.items()
    ]
    return {row.slug: row for row in model.objects.using(using).bulk_create(made)}
