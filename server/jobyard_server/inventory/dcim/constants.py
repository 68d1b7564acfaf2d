"""``dcim.constants``: older scripts take statuses and kinds from here; a status is a slug here too."""

from __future__ import annotations

from typing import Final

from jobyard_server.inventory.dcim.choices import DeviceStatusChoices
from jobyard_server.inventory.dcim.interface_choices import VIRTUAL_TYPES, WIRELESS_TYPES

DEVICE_STATUS_OFFLINE: Final = "offline"
DEVICE_STATUS_ACTIVE: Final = "active"
DEVICE_STATUS_PLANNED: Final = "planned"
DEVICE_STATUS_STAGED: Final = "staged"
DEVICE_STATUS_FAILED: Final = "failed"
DEVICE_STATUS_INVENTORY: Final = "inventory"
DEVICE_STATUS_DECOMMISSIONING: Final = "decommissioning"
DEVICE_STATUS_CHOICES: Final = DeviceStatusChoices.CHOICES
CONNECTION_STATUS_PLANNED: Final = False
CONNECTION_STATUS_CONNECTED: Final = True
VIRTUAL_IFACE_TYPES: Final = list(VIRTUAL_TYPES)
WIRELESS_IFACE_TYPES: Final = list(WIRELESS_TYPES)
NONCONNECTABLE_IFACE_TYPES: Final = [*VIRTUAL_TYPES, *WIRELESS_TYPES]
INTERFACE_MTU_MIN: Final = 1
INTERFACE_MTU_MAX: Final = 65536
