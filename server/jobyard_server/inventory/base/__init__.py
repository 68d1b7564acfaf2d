"""What all data models are made of."""

from __future__ import annotations

from jobyard_server.inventory.base import address_lookups  # noqa: F401  # registers the lookups
from jobyard_server.inventory.base.addresses import DerivedField, HostField, MACField, NetworkField
from jobyard_server.inventory.base.aliases import Alias
from jobyard_server.inventory.base.constraints import UniqueWithout, Within
from jobyard_server.inventory.base.model import InventoryModel, OrganizationalModel, PrimaryModel
from jobyard_server.inventory.base.natural import Natural, NaturalField
from jobyard_server.inventory.base.rows import InventoryManager, InventoryRows
from jobyard_server.inventory.base.slugs import SlugField
from jobyard_server.inventory.base.status import NamedStatus, StatusField
from jobyard_server.inventory.base.tags import TagsField
from jobyard_server.inventory.base.trees import TreeModel

__all__ = [
    "Alias",
    "DerivedField",
    "HostField",
    "InventoryManager",
    "InventoryModel",
    "InventoryRows",
    "MACField",
    "NamedStatus",
    "Natural",
    "NaturalField",
    "NetworkField",
    "OrganizationalModel",
    "PrimaryModel",
    "SlugField",
    "StatusField",
    "TagsField",
    "TreeModel",
    "UniqueWithout",
    "Within",
]
