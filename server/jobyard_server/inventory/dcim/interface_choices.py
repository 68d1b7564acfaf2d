"""Kinds and modes of interfaces."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set

InterfaceModeChoices = choice_set(
    "InterfaceModeChoices",
    "MODE_ACCESS access Access\nMODE_TAGGED tagged Tagged\nMODE_TAGGED_ALL tagged-all Tagged (All)",
)
InterfaceTypeChoices = choice_set(
    "InterfaceTypeChoices",
    """
    TYPE_VIRTUAL virtual Virtual
    TYPE_BRIDGE bridge Bridge
    TYPE_LAG lag Link Aggregation Group (LAG)
    TYPE_TUNNEL tunnel Tunnel
    TYPE_100ME_FX 100base-fx 100BASE-FX (10/100ME FIBER)
    TYPE_100ME_LFX 100base-lfx 100BASE-LFX (10/100ME FIBER)
    TYPE_100ME_FIXED 100base-tx 100BASE-TX (10/100ME)
    TYPE_100ME_T1 100base-t1 100BASE-T1 (10/100ME Single Pair)
    TYPE_1GE_FIXED 1000base-t 1000BASE-T (1GE)
    TYPE_1GE_GBIC 1000base-x-gbic GBIC (1GE)
    TYPE_1GE_SFP 1000base-x-sfp SFP (1GE)
    TYPE_2GE_FIXED 2.5gbase-t 2.5GBASE-T (2.5GE)
    TYPE_5GE_FIXED 5gbase-t 5GBASE-T (5GE)
    TYPE_10GE_FIXED 10gbase-t 10GBASE-T (10GE)
    TYPE_10GE_CX4 10gbase-cx4 10GBASE-CX4 (10GE)
    TYPE_10GE_SFP_PLUS 10gbase-x-sfpp SFP+ (10GE)
    TYPE_10GE_XFP 10gbase-x-xfp XFP (10GE)
    TYPE_10GE_XENPAK 10gbase-x-xenpak XENPAK (10GE)
    TYPE_10GE_X2 10gbase-x-x2 X2 (10GE)
    TYPE_25GE_SFP28 25gbase-x-sfp28 SFP28 (25GE)
    TYPE_40GE_QSFP_PLUS 40gbase-x-qsfpp QSFP+ (40GE)
    TYPE_50GE_SFP56 50gbase-x-sfp56 SFP56 (50GE)
    TYPE_50GE_QSFP28 50gbase-x-sfp28 QSFP28 (50GE)
    TYPE_100GE_CFP 100gbase-x-cfp CFP (100GE)
    TYPE_100GE_CFP2 100gbase-x-cfp2 CFP2 (100GE)
    TYPE_100GE_CFP4 100gbase-x-cfp4 CFP4 (100GE)
    TYPE_100GE_CPAK 100gbase-x-cpak Cisco CPAK (100GE)
    TYPE_100GE_QSFP28 100gbase-x-qsfp28 QSFP28 (100GE)
    TYPE_200GE_CFP2 200gbase-x-cfp2 CFP2 (200GE)
    TYPE_200GE_QSFP56 200gbase-x-qsfp56 QSFP56 (200GE)
    TYPE_400GE_QSFP_DD 400gbase-x-qsfpdd QSFP-DD (400GE)
    TYPE_400GE_OSFP 400gbase-x-osfp OSFP (400GE)
    TYPE_800GE_QSFP_DD 800gbase-x-qsfpdd QSFP-DD (800GE)
    TYPE_800GE_OSFP 800gbase-x-osfp OSFP (800GE)
    TYPE_80211A ieee802.11a IEEE 802.11a
    TYPE_80211G ieee802.11g IEEE 802.11b/g
    TYPE_80211N ieee802.11n IEEE 802.11n
    TYPE_80211AC ieee802.11ac IEEE 802.11ac
    TYPE_80211AD ieee802.11ad IEEE 802.11ad
    TYPE_80211AX ieee802.11ax IEEE 802.11ax
    TYPE_GSM gsm GSM
    TYPE_CDMA cdma CDMA
    TYPE_LTE lte LTE
    TYPE_SONET_OC3 sonet-oc3 OC-3/STM-1
    TYPE_SONET_OC12 sonet-oc12 OC-12/STM-4
    TYPE_SONET_OC48 sonet-oc48 OC-48/STM-16
    TYPE_SONET_OC192 sonet-oc192 OC-192/STM-64
    TYPE_1GFC_SFP 1gfc-sfp SFP (1GFC)
    TYPE_2GFC_SFP 2gfc-sfp SFP (2GFC)
    TYPE_4GFC_SFP 4gfc-sfp SFP (4GFC)
    TYPE_8GFC_SFP_PLUS 8gfc-sfpp SFP+ (8GFC)
    TYPE_16GFC_SFP_PLUS 16gfc-sfpp SFP+ (16GFC)
    TYPE_32GFC_SFP28 32gfc-sfp28 SFP28 (32GFC)
    TYPE_64GFC_QSFP_PLUS 64gfc-qsfpp QSFP+ (64GFC)
    TYPE_128GFC_QSFP28 128gfc-qsfp28 QSFP28 (128GFC)
    TYPE_INFINIBAND_SDR infiniband-sdr SDR (2 Gbps)
    TYPE_INFINIBAND_EDR infiniband-edr EDR (25 Gbps)
    TYPE_INFINIBAND_HDR infiniband-hdr HDR (50 Gbps)
    TYPE_T1 t1 T1 (1.544 Mbps)
    TYPE_E1 e1 E1 (2.048 Mbps)
    TYPE_T3 t3 T3 (45 Mbps)
    TYPE_E3 e3 E3 (34 Mbps)
    TYPE_XDSL xdsl xDSL
    TYPE_GPON gpon GPON (2.5 Gbps / 1.25 Gbps)
    TYPE_XG_PON xg-pon XG-PON (10 Gbps / 2.5 Gbps)
    TYPE_STACKWISE cisco-stackwise Cisco StackWise
    TYPE_STACKWISE_PLUS cisco-stackwise-plus Cisco StackWise Plus
    TYPE_FLEXSTACK cisco-flexstack Cisco FlexStack
    TYPE_FLEXSTACK_PLUS cisco-flexstack-plus Cisco FlexStack Plus
    TYPE_JUNIPER_VCP juniper-vcp Juniper VCP
    TYPE_SUMMITSTACK extreme-summitstack Extreme SummitStack
    TYPE_OTHER other Other
    """,
)
VIRTUAL_TYPES = ("virtual", "bridge", "lag", "tunnel")  #: No cable fits into these.
WIRELESS_TYPES = tuple(value for value in InterfaceTypeChoices.values() if value.startswith("ieee802.11"))
