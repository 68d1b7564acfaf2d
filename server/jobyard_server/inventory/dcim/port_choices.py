"""Kinds of console ports, patch panels and power connections."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set

ConsolePortTypeChoices = choice_set(
    "ConsolePortTypeChoices",
    """
    TYPE_DE9 de-9 DE-9
    TYPE_DB25 db-25 DB-25
    TYPE_RJ11 rj-11 RJ-11
    TYPE_RJ12 rj-12 RJ-12
    TYPE_RJ45 rj-45 RJ-45
    TYPE_MINI_DIN_8 mini-din-8 Mini-DIN 8
    TYPE_USB_A usb-a USB Type A
    TYPE_USB_B usb-b USB Type B
    TYPE_USB_C usb-c USB Type C
    TYPE_USB_MINI_A usb-mini-a USB Mini A
    TYPE_USB_MINI_B usb-mini-b USB Mini B
    TYPE_USB_MICRO_A usb-micro-a USB Micro A
    TYPE_USB_MICRO_B usb-micro-b USB Micro B
    TYPE_OTHER other Other
    """,
)
PortTypeChoices = choice_set(
    "PortTypeChoices",
    """
    TYPE_8P8C 8p8c 8P8C
    TYPE_8P6C 8p6c 8P6C
    TYPE_8P4C 8p4c 8P4C
    TYPE_8P2C 8p2c 8P2C
    TYPE_110_PUNCH 110-punch 110 Punch
    TYPE_BNC bnc BNC
    TYPE_F f F Connector
    TYPE_N n N Connector
    TYPE_MRJ21 mrj21 MRJ21
    TYPE_FC fc FC
    TYPE_LC lc LC
    TYPE_LC_APC lc-apc LC/APC
    TYPE_LSH lsh LSH
    TYPE_LSH_APC lsh-apc LSH/APC
    TYPE_MPO mpo MPO
    TYPE_MTRJ mtrj MTRJ
    TYPE_SC sc SC
    TYPE_SC_APC sc-apc SC/APC
    TYPE_ST st ST
    TYPE_CS cs CS
    TYPE_SN sn SN
    TYPE_SPLICE splice Splice
    TYPE_OTHER other Other
    """,
)
PowerPortTypeChoices = choice_set(
    "PowerPortTypeChoices",
    """
    TYPE_IEC_C6 iec-60320-c6 C6
    TYPE_IEC_C8 iec-60320-c8 C8
    TYPE_IEC_C14 iec-60320-c14 C14
    TYPE_IEC_C16 iec-60320-c16 C16
    TYPE_IEC_C20 iec-60320-c20 C20
    TYPE_IEC_C22 iec-60320-c22 C22
    TYPE_IEC_PNE6H iec-60309-p-n-e-6h P+N+E 6H
    TYPE_IEC_3PNE6H iec-60309-3p-n-e-6h 3P+N+E 6H
    TYPE_NEMA_515P nema-5-15p NEMA 5-15P
    TYPE_NEMA_520P nema-5-20p NEMA 5-20P
    TYPE_NEMA_L530P nema-l5-30p NEMA L5-30P
    TYPE_NEMA_L620P nema-l6-20p NEMA L6-20P
    TYPE_NEMA_L630P nema-l6-30p NEMA L6-30P
    TYPE_ITA_E ita-e ITA Type E (CEE 7/5)
    TYPE_ITA_F ita-f ITA Type F (CEE 7/4)
    TYPE_ITA_G ita-g ITA Type G (BS 1363)
    TYPE_DC dc-terminal DC Terminal
    TYPE_HARDWIRED hardwired Hardwired
    TYPE_OTHER other Other
    """,
)
PowerOutletTypeChoices = choice_set(
    "PowerOutletTypeChoices",
    """
    TYPE_IEC_C5 iec-60320-c5 C5
    TYPE_IEC_C7 iec-60320-c7 C7
    TYPE_IEC_C13 iec-60320-c13 C13
    TYPE_IEC_C15 iec-60320-c15 C15
    TYPE_IEC_C19 iec-60320-c19 C19
    TYPE_IEC_C21 iec-60320-c21 C21
    TYPE_IEC_PNE6H iec-60309-p-n-e-6h P+N+E 6H
    TYPE_IEC_3PNE6H iec-60309-3p-n-e-6h 3P+N+E 6H
    TYPE_NEMA_515R nema-5-15r NEMA 5-15R
    TYPE_NEMA_520R nema-5-20r NEMA 5-20R
    TYPE_NEMA_L530R nema-l5-30r NEMA L5-30R
    TYPE_NEMA_L620R nema-l6-20r NEMA L6-20R
    TYPE_NEMA_L630R nema-l6-30r NEMA L6-30R
    TYPE_ITA_E ita-e ITA Type E (CEE 7/5)
    TYPE_ITA_F ita-f ITA Type F (CEE 7/3)
    TYPE_ITA_G ita-g ITA Type G (BS 1363)
    TYPE_DC dc-terminal DC Terminal
    TYPE_HARDWIRED hardwired Hardwired
    TYPE_OTHER other Other
    """,
)
PowerOutletFeedLegChoices = choice_set(
    "PowerOutletFeedLegChoices", "FEED_LEG_A A A\nFEED_LEG_B B B\nFEED_LEG_C C C"
)
