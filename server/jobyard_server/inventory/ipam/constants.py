"""``ipam.constants``."""

from __future__ import annotations

from typing import Final

PREFIX_LENGTH_MIN: Final = 1
PREFIX_LENGTH_MAX: Final = 127
VLAN_VID_MIN: Final = 1
VLAN_VID_MAX: Final = 4094
IPADDRESS_MASK_LENGTH_MIN: Final = 1
IPADDRESS_MASK_LENGTH_MAX: Final = 128
IPADDRESS_ROLES_NONUNIQUE: Final = ("anycast", "vip", "vrrp", "hsrp", "glbp", "carp")
SERVICE_PORT_MIN: Final = 1
SERVICE_PORT_MAX: Final = 65535
