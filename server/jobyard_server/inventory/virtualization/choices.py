"""``virtualization.choices``."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import statuses

__all__ = ["VMInterfaceStatusChoices", "VirtualMachineStatusChoices"]

VirtualMachineStatusChoices = statuses(
    "VirtualMachineStatusChoices", "offline", "active", "planned", "staged", "failed", "decommissioning"
)
VMInterfaceStatusChoices = statuses(
    "VMInterfaceStatusChoices", "active", "decommissioning", "failed", "maintenance", "planned"
)
