"""``circuits.choices``."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set, statuses

__all__ = ["CircuitStatusChoices", "CircuitTerminationSideChoices"]

CircuitStatusChoices = statuses(
    "CircuitStatusChoices",
    *("deprovisioning", "active", "planned", "provisioning", "offline", "decommissioned"),
)
CircuitTerminationSideChoices = choice_set("CircuitTerminationSideChoices", "SIDE_A A A\nSIDE_Z Z Z")
