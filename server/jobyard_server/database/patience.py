"""
How long the web part waits for the database: a request must not hang behind a lock, nor hold one for ever.

What is cut off is answered like a database that is away: 503, and the caller may try again. The other parts
have work that takes longer, so only the web part asks for this.

Source: security.md DB-07.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.signals import connection_created

REQUESTS: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "120s",
}


def limit_requests() -> None:
    """From now on every new connection of this process has the limits."""
    connection_created.connect(limit, dispatch_uid="patience of requests")


def limit(connection: Any, **_signal: Any) -> None:
    with connection.cursor() as cursor:
        calls = ", ".join("set_config(%s, %s, false)" for _ in REQUESTS)
        cursor.execute(f"SELECT {calls}", [text for pair in REQUESTS.items() for text in pair])
