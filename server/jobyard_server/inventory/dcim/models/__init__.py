"""The models with the app label ``dcim``."""

from __future__ import annotations

from jobyard_server.inventory.dcim.models.bays import DeviceBay, Module, ModuleBay
from jobyard_server.inventory.dcim.models.cable_ends import (
    CableEnd as CableTermination,
)  # as upstream calls it
from jobyard_server.inventory.dcim.models.cables import Cable
from jobyard_server.inventory.dcim.models.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from jobyard_server.inventory.dcim.models.devices import Device, VirtualChassis
from jobyard_server.inventory.dcim.models.interfaces import Interface
from jobyard_server.inventory.dcim.models.inventory_items import InventoryItem, InventoryItemRole
from jobyard_server.inventory.dcim.models.kinds import (
    DeviceRole,
    DeviceType,
    Manufacturer,
    ModuleType,
    Platform,
)
from jobyard_server.inventory.dcim.models.pass_through import FrontPort, RearPort
from jobyard_server.inventory.dcim.models.places import Location, LocationType, Region, Site, SiteGroup
from jobyard_server.inventory.dcim.models.ports import ConsolePort, ConsoleServerPort, PowerOutlet, PowerPort
from jobyard_server.inventory.dcim.models.power import PowerFeed, PowerPanel
from jobyard_server.inventory.dcim.models.racks import Rack, RackGroup, RackReservation, RackRole

__all__ = [
    "Cable",
    "CableTermination",
    "ConsolePort",
    "ConsolePortTemplate",
    "ConsoleServerPort",
    "ConsoleServerPortTemplate",
    "Device",
    "DeviceBay",
    "DeviceBayTemplate",
    "DeviceRole",
    "DeviceType",
    "FrontPort",
    "FrontPortTemplate",
    "Interface",
    "InterfaceTemplate",
    "InventoryItem",
    "InventoryItemRole",
    "Location",
    "LocationType",
    "Manufacturer",
    "Module",
    "ModuleBay",
    "ModuleBayTemplate",
    "ModuleType",
    "Platform",
    "PowerFeed",
    "PowerOutlet",
    "PowerOutletTemplate",
    "PowerPanel",
    "PowerPort",
    "PowerPortTemplate",
    "Rack",
    "RackGroup",
    "RackReservation",
    "RackRole",
    "RearPort",
    "RearPortTemplate",
    "Region",
    "Site",
    "SiteGroup",
    "VirtualChassis",
]
