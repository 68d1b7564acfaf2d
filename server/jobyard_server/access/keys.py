"""Keys of one purpose, derived from the secrets of this installation."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.instance_keys import instance_key


@lru_cache(maxsize=16)  # read once for each process: a request must not wait for the disk
def derived_keys(data_dir: Path, name: str) -> tuple[bytes, ...]:
    """
    32 bytes for each line of the secret *name*, the newest first.

    A rotation puts a new line in front; what the older lines protect stays readable.

    Raises:
        SecretUnreadable: The file is there, but empty.
    """
    lines = instance_key(data_dir, name).split()
    if not lines:
        raise SecretUnreadable(
            f"The file keys/{name} of the data folder is empty; bring it back from a backup."
        )
    return tuple(
        hmac.new(line.encode(), f"jobyard {name}".encode(), hashlib.sha256).digest() for line in lines
    )
