"""The models with the app label ``ipam``."""

from __future__ import annotations

from jobyard_server.inventory.dcim.models import Device, Interface  # upstream's module has them too
from jobyard_server.inventory.ipam.models.addresses import IPAddress
from jobyard_server.inventory.ipam.models.aggregates import RIR, Aggregate
from jobyard_server.inventory.ipam.models.asns import ASN
from jobyard_server.inventory.ipam.models.l2vpns import L2VPN, L2VPNTermination
from jobyard_server.inventory.ipam.models.prefixes import Prefix
from jobyard_server.inventory.ipam.models.ranges import IPRange
from jobyard_server.inventory.ipam.models.services import Service, ServiceTemplate
from jobyard_server.inventory.ipam.models.vlans import VLAN, Role, VLANGroup
from jobyard_server.inventory.ipam.models.vrfs import VRF, RouteTarget

__all__ = [
    "ASN",
    "L2VPN",
    "RIR",
    "VLAN",
    "VRF",
    "Aggregate",
    "Device",
    "IPAddress",
    "IPRange",
    "Interface",
    "L2VPNTermination",
    "Prefix",
    "Role",
    "RouteTarget",
    "Service",
    "ServiceTemplate",
    "VLANGroup",
]
