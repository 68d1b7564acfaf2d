"""The pages about access, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse

from jobyard_server.access.models import AuditEvent, ObjectPermission, User
from jobyard_server.access.permissions import may

_TABS: Final[tuple[tuple[str, str, type[Model] | None], ...]] = (
    ("tokens", "API tokens", None),  # everybody has their own
    ("users", "Users", User),
    ("groups", "Groups", Group),
    ("permissions", "Permissions", ObjectPermission),
    ("audit_events", "Audit log", AuditEvent),
)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of them."""

    label: str
    address: str
    is_here: bool


def tabs_for(user: User, here: str) -> list[Tab]:
    """The pages that *user* may see; *here* is the one that is shown."""
    preferences = Tab(
        label="Preferences", address=reverse("ui:show_preferences"), is_here=here == "preferences"
    )
    settings = Tab(label="Settings", address=reverse("ui:show_settings"), is_here=here == "settings")
    tabs = [
        Tab(label=label, address=reverse(f"ui:list_{name}"), is_here=name == here)
        for name, label, model in _TABS
        if model is None or may(user, "view", model)
    ]
    factor = Tab(
        label="Second factor", address=reverse("ui:show_second_factor"), is_here=here == "second_factor"
    )
    return [tabs[0], preferences, factor, *tabs[1:], *([settings] if user.is_superuser else [])]
