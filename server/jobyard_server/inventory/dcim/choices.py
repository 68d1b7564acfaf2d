"""``dcim.choices``: named values of the fields of this app; a status constant is the slug of a status."""

from __future__ import annotations

from typing import Any

from jobyard_server.inventory.choice_sets import ChoiceSet, choice_set, statuses
from jobyard_server.inventory.dcim.cable_choices import CableLengthUnitChoices, CableTypeChoices
from jobyard_server.inventory.dcim.interface_choices import InterfaceModeChoices, InterfaceTypeChoices
from jobyard_server.inventory.dcim.port_choices import (
    ConsolePortTypeChoices,
    PortTypeChoices,
    PowerOutletFeedLegChoices,
    PowerOutletTypeChoices,
    PowerPortTypeChoices,
)

__all__ = [
    "CableLengthUnitChoices",
    "CableStatusChoices",
    "CableTypeChoices",
    "ConsolePortTypeChoices",
    "DeviceAirflowChoices",
    "DeviceFaceChoices",
    "DeviceStatusChoices",
    "InterfaceModeChoices",
    "InterfaceStatusChoices",
    "InterfaceTypeChoices",
    "LinkStatusChoices",
    "LocationStatusChoices",
    "PortTypeChoices",
    "PowerFeedPhaseChoices",
    "PowerFeedStatusChoices",
    "PowerFeedSupplyChoices",
    "PowerFeedTypeChoices",
    "PowerOutletFeedLegChoices",
    "PowerOutletTypeChoices",
    "PowerPortTypeChoices",
    "RackDimensionUnitChoices",
    "RackStatusChoices",
    "RackTypeChoices",
    "RackWidthChoices",
    "SiteStatusChoices",
    "SubdeviceRoleChoices",
]

SiteStatusChoices = statuses(
    "SiteStatusChoices", "planned", "staging", "active", "decommissioning", "retired"
)
LocationStatusChoices = statuses("LocationStatusChoices", *SiteStatusChoices.values())
RackStatusChoices = statuses("RackStatusChoices", "reserved", "available", "planned", "active", "deprecated")
DeviceStatusChoices = statuses(
    "DeviceStatusChoices",
    *("offline", "active", "planned", "staged", "failed", "inventory", "decommissioning"),
)
InterfaceStatusChoices = statuses(
    "InterfaceStatusChoices", "active", "decommissioning", "failed", "maintenance", "planned"
)
CableStatusChoices = statuses("CableStatusChoices", "connected", "planned", "decommissioning")
LinkStatusChoices = statuses("LinkStatusChoices", *CableStatusChoices.values())
PowerFeedStatusChoices = statuses("PowerFeedStatusChoices", "offline", "active", "planned", "failed")

DeviceFaceChoices = choice_set("DeviceFaceChoices", "FACE_FRONT front Front\nFACE_REAR rear Rear")
SubdeviceRoleChoices = choice_set("SubdeviceRoleChoices", "ROLE_PARENT parent Parent\nROLE_CHILD child Child")
RackDimensionUnitChoices = choice_set(
    "RackDimensionUnitChoices", "UNIT_MILLIMETER mm Millimeters\nUNIT_INCH in Inches"
)
DeviceAirflowChoices = choice_set(
    "DeviceAirflowChoices",
    """
    AIRFLOW_FRONT_TO_REAR front-to-rear Front to rear
    AIRFLOW_REAR_TO_FRONT rear-to-front Rear to front
    AIRFLOW_LEFT_TO_RIGHT left-to-right Left to right
    AIRFLOW_RIGHT_TO_LEFT right-to-left Right to left
    AIRFLOW_SIDE_TO_REAR side-to-rear Side to rear
    AIRFLOW_PASSIVE passive Passive
    """,
)
RackTypeChoices = choice_set(
    "RackTypeChoices",
    """
    TYPE_2POST 2-post-frame 2-post frame
    TYPE_4POST 4-post-frame 4-post frame
    TYPE_CABINET 4-post-cabinet 4-post cabinet
    TYPE_WALLFRAME wall-frame Wall-mounted frame
    TYPE_WALLCABINET wall-cabinet Wall-mounted cabinet
    TYPE_OTHER other Other
    """,
)
PowerFeedTypeChoices = choice_set(
    "PowerFeedTypeChoices", "TYPE_PRIMARY primary Primary\nTYPE_REDUNDANT redundant Redundant"
)
PowerFeedSupplyChoices = choice_set("PowerFeedSupplyChoices", "SUPPLY_AC ac AC\nSUPPLY_DC dc DC")
PowerFeedPhaseChoices = choice_set(
    "PowerFeedPhaseChoices",
    "PHASE_SINGLE single-phase Single phase\nPHASE_3PHASE three-phase Three-phase",
)


class RackWidthChoices(ChoiceSet):
    """Widths in inches; these values are numbers."""

    WIDTH_10IN, WIDTH_19IN, WIDTH_21IN, WIDTH_23IN = 10, 19, 21, 23
    CHOICES: Any = ((10, "10 inches"), (19, "19 inches"), (21, "21 inches"), (23, "23 inches"))
