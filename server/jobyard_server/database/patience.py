"""
How long the web part waits for the database: a request must not hang behind a lock, nor hold one for ever.

What is cut off is answered like a database that is away: 503, and the caller may try again. The other parts
have work that takes longer, so only the web part asks for this.

Source: security.md DB-07.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections

REQUESTS: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "120s",
}


def limit_requests() -> None:
    """Called before the first connection of this process: from then on all have the limits."""
    database = connections.settings["default"]
    database["OPTIONS"] = with_limits(database.get("OPTIONS", {}))


def with_limits(options: dict[str, Any]) -> dict[str, Any]:
    """
    *options* of a connection with the limits, which cost no question when one is taken from the pool.

    What the address of the database says itself comes last and wins.
    """
    limits = [f"-c {name}={value}" for name, value in REQUESTS.items()]
    return {**options, "options": " ".join([*limits, options.get("options", "")]).strip()}
