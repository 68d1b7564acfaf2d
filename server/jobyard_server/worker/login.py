"""How a child reaches the database."""

from __future__ import annotations

from typing import Any

from django.db import connection

_NAMES = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def child_login() -> dict[str, Any]:
    """The entries of DATABASES that say where and who; goes to a child over its own channel only."""
    known = connection.settings_dict
    options = {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    return {**{name: known[name] for name in _NAMES}, "OPTIONS": options}
