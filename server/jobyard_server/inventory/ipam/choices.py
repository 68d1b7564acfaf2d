"""``ipam.choices``."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set, statuses

__all__ = [
    "IPAddressFamilyChoices",
    "IPAddressRoleChoices",
    "IPAddressStatusChoices",
    "IPRangeStatusChoices",
    "L2VPNTypeChoices",
    "PrefixStatusChoices",
    "ServiceProtocolChoices",
    "VLANStatusChoices",
]

PrefixStatusChoices = statuses("PrefixStatusChoices", "container", "active", "reserved", "deprecated")
IPAddressStatusChoices = statuses(
    "IPAddressStatusChoices", "active", "reserved", "deprecated", "dhcp", "slaac"
)
IPRangeStatusChoices = statuses("IPRangeStatusChoices", "active", "reserved", "deprecated")
VLANStatusChoices = statuses("VLANStatusChoices", "active", "reserved", "deprecated")
ServiceProtocolChoices = choice_set(
    "ServiceProtocolChoices", "PROTOCOL_TCP tcp TCP\nPROTOCOL_UDP udp UDP\nPROTOCOL_SCTP sctp SCTP"
)
IPAddressFamilyChoices = choice_set("IPAddressFamilyChoices", "FAMILY_4 4 IPv4\nFAMILY_6 6 IPv6")
IPAddressRoleChoices = choice_set(
    "IPAddressRoleChoices",
    """
    ROLE_LOOPBACK loopback Loopback
    ROLE_SECONDARY secondary Secondary
    ROLE_ANYCAST anycast Anycast
    ROLE_VIP vip VIP
    ROLE_VRRP vrrp VRRP
    ROLE_HSRP hsrp HSRP
    ROLE_GLBP glbp GLBP
    ROLE_CARP carp CARP
    """,
)
L2VPNTypeChoices = choice_set(
    "L2VPNTypeChoices",
    """
    TYPE_VPLS vpls VPLS
    TYPE_VPWS vpws VPWS
    TYPE_EPL epl EPL
    TYPE_EVPL evpl EVPL
    TYPE_VXLAN vxlan VXLAN
    TYPE_VXLAN_EVPN vxlan-evpn VXLAN-EVPN
    TYPE_MPLS_EVPN mpls-evpn MPLS EVPN
    """,
)
