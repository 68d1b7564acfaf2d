"""
The audit log: who did what, from where. ``record()`` is all that callers need.

It writes in the transaction of the caller, so an event is there exactly when the change is.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model

from jobyard_server.access.models import AuditEvent
from jobyard_server.access.origin import current_origin

LOGGED_IN: Final = "login"
LOGIN_FAILED: Final = "login_failed"
LOCKED_OUT: Final = "locked_out"
LOGGED_OUT: Final = "logout"
CODE_REFUSED: Final = "code_refused"
REFUSED: Final = "refused"
TOKEN_REFUSED: Final = "token_refused"  # noqa: S105  # a word, not a token
CREATED: Final = "created"
CHANGED: Final = "changed"
DELETED: Final = "deleted"
RUN: Final = "run"
CANCELLED: Final = "cancelled"
SYNCED: Final = "sync"
ROLLED_BACK: Final = "rollback"
CONFIRMED: Final = "confirmed"
APPROVED: Final = "approved"
DENIED: Final = "denied"
SCHEDULED: Final = "scheduled"
CAME_TOO_LATE: Final = "came_too_late"

#: Every action with what pages call it.
LABELS: Final[dict[str, str]] = {
    LOGGED_IN: "Logged in",
    LOGIN_FAILED: "Failed to log in",
    LOCKED_OUT: "Was locked out",
    LOGGED_OUT: "Logged out",
    CODE_REFUSED: "Entered a wrong code",
    REFUSED: "Was refused",
    TOKEN_REFUSED: "Token refused",
    CREATED: "Created",
    CHANGED: "Changed",
    DELETED: "Deleted",
    RUN: "Ran",
    CANCELLED: "Cancelled",
    SYNCED: "Synced",
    ROLLED_BACK: "Rolled back",
    CONFIRMED: "Confirmed",
    APPROVED: "Approved",
    DENIED: "Denied",
    SCHEDULED: "Asked to run later",
    CAME_TOO_LATE: "Result came too late",
}


def record(
    action: str, *, user: Any = None, target: Model | None = None, username: str = "", **details: Any
) -> None:
    """
    Add an event.

    Args:
        action: One of the words above, or another short one.
        user: Who did it; None or anonymous for nobody we know.
        target: What it was done to; its type, id and text are copied.
        username: What was entered as a name, when there is no *user*.
        details: JSON values that help to understand it; never secrets.
    """
    origin = current_origin()
    AuditEvent.objects.create(
        action=action,
        user_id=getattr(user, "pk", None),
        username=_short(user.get_username() if user and user.pk else username, 150),
        address=origin.address,
        via=origin.via,
        token_hint=origin.token_hint,
        object_type=target._meta.label_lower if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        object_repr=_short(str(target), 400) if target is not None else "",
        details=details,
    )


def _short(text: str, most: int) -> str:
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()[:most]
