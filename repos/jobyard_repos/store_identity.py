"""What tells one snapshot store from all others: a UUID in a file of it."""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path

from jobyard_repos.store_lock import alone

_FILE = ".identity"


def store_identity(folder: Path) -> uuid.UUID:
    """Of the store in *folder*; made by whoever asks first, equal for all who ask."""
    file = folder / _FILE
    known = _read(file)
    if known is not None:
        return known
    with alone(folder):
        return _read(file) or _write(file)


def _read(file: Path) -> uuid.UUID | None:
    """None when it is missing, or empty after a loss of power."""
    try:
        return uuid.UUID(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _write(file: Path) -> uuid.UUID:
    identity = uuid.uuid4()
    draft = file.with_name(f"{_FILE}-{secrets.token_hex(8)}")
    draft.write_text(str(identity), encoding="ascii")
    draft.replace(file)
    return identity
