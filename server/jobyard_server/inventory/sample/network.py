"""All of the sample, in the order in which its parts refer to each other."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import transaction

from jobyard_server.inventory.extras.standard_statuses import fill_in
from jobyard_server.inventory.sample.addressing import give_addresses
from jobyard_server.inventory.sample.cabling import connect
from jobyard_server.inventory.sample.devices import make_devices
from jobyard_server.inventory.sample.kinds import make_kinds
from jobyard_server.inventory.sample.places import make_places


@dataclass(frozen=True, kw_only=True)
class SampleSize:
    """How much there is of what; the rest follows from it."""

    regions: int = 3
    sites: int = 12
    devices: int = 300
    addresses: int = 2000


def make_sample(size: SampleSize | None = None, seed: int = 1) -> dict[str, int]:
    """
    Fill an inventory that is empty, completely or not at all.

    Args:
        size: How much; the default has about 5,000 interfaces.
        seed: The same number makes the same network.

    Returns:
        The number of rows made, by kind.

    Raises:
        IntegrityError: Rows with the same names exist already.
    """
    chosen, chance = size or SampleSize(), random.Random(seed)  # noqa: S311  # a network, not a key
    with transaction.atomic():
        fill_in()
        kinds = make_kinds()
        sites = make_places(chosen, chance)
        equipment = make_devices(chosen, chance, kinds, sites)
        cables = connect(equipment, chance)
        addresses = give_addresses(chosen, equipment)
    return {"sites": len(sites), **equipment.counts(), "cables": cables, "addresses": addresses}
