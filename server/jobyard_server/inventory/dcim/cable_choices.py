"""Kinds and lengths of cables."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set

CableTypeChoices = choice_set(
    "CableTypeChoices",
    """
    TYPE_CAT3 cat3 CAT3
    TYPE_CAT5 cat5 CAT5
    TYPE_CAT5E cat5e CAT5e
    TYPE_CAT6 cat6 CAT6
    TYPE_CAT6A cat6a CAT6a
    TYPE_CAT7 cat7 CAT7
    TYPE_CAT7A cat7a CAT7a
    TYPE_CAT8 cat8 CAT8
    TYPE_DAC_ACTIVE dac-active Direct Attach Copper (Active)
    TYPE_DAC_PASSIVE dac-passive Direct Attach Copper (Passive)
    TYPE_MRJ21_TRUNK mrj21-trunk MRJ21 Trunk
    TYPE_COAXIAL coaxial Coaxial
    TYPE_MMF mmf Multimode Fiber
    TYPE_MMF_OM1 mmf-om1 Multimode Fiber (OM1)
    TYPE_MMF_OM2 mmf-om2 Multimode Fiber (OM2)
    TYPE_MMF_OM3 mmf-om3 Multimode Fiber (OM3)
    TYPE_MMF_OM4 mmf-om4 Multimode Fiber (OM4)
    TYPE_MMF_OM5 mmf-om5 Multimode Fiber (OM5)
    TYPE_SMF smf Singlemode Fiber
    TYPE_SMF_OS1 smf-os1 Singlemode Fiber (OS1)
    TYPE_SMF_OS2 smf-os2 Singlemode Fiber (OS2)
    TYPE_AOC aoc Active Optical Cabling (AOC)
    TYPE_POWER power Power
    TYPE_OTHER other Other
    """,
)
CableLengthUnitChoices = choice_set(
    "CableLengthUnitChoices",
    """
    UNIT_KILOMETER km Kilometers
    UNIT_METER m Meters
    UNIT_CENTIMETER cm Centimeters
    UNIT_MILE mi Miles
    UNIT_FOOT ft Feet
    UNIT_INCH in Inches
    """,
)
METERS = {"km": 1000, "m": 1, "cm": 0.01, "mi": 1609.344, "ft": 0.3048, "in": 0.0254}  #: In one such unit.
