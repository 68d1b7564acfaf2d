"""``tenancy.choices``."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import choice_set

__all__ = ["ContactPriorityChoices"]

ContactPriorityChoices = choice_set(
    "ContactPriorityChoices",
    """
    PRIORITY_PRIMARY primary Primary
    PRIORITY_SECONDARY secondary Secondary
    PRIORITY_TERTIARY tertiary Tertiary
    PRIORITY_INACTIVE inactive Inactive
    """,
)
