"""Calls that name several rows in their body."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.exceptions import ValidationError

MAX_ROWS = 1000
_WANTED = f'The body must be a list of 1 to {MAX_ROWS} objects with an "id", such as [{{"id": "…"}}].'


def ids_in(body: Any) -> set[uuid.UUID]:
    """
    The ids in ``[{"id": …}, …]``.

    Raises:
        ValidationError: The body is anything else; nothing is ever taken for "all".
    """
    if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
        raise ValidationError({"detail": _WANTED})
    return {_id_in(row) for row in body}


def _id_in(row: Any) -> uuid.UUID:
    text = row.get("id") if isinstance(row, dict) else row
    if not isinstance(text, str):
        raise ValidationError({"detail": _WANTED})
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValidationError({"id": ["Enter a valid UUID."]}) from None
