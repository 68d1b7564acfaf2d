"""
Secrets at rest: encrypted with a key that is in the data folder, not in the database.

The library is loaded by the first secret: many installations have none, and it takes 6 MB.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.keys import derived_keys

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY = "encryption-key"


def encrypt(text: str) -> str:
    """*text* in a form that a database dump may show."""
    return _cipher().encrypt(text.encode()).decode("ascii")


def decrypt(text: str) -> str:
    """
    What was encrypted.

    Raises:
        SecretUnreadable: It was encrypted with another key, or was changed since.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415  # see above

    try:
        return _cipher().decrypt(text.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise SecretUnreadable(
            f"A stored secret cannot be decrypted, because it was encrypted with another key than the one "
            f"in keys/{KEY} of the data folder; bring that file back, or enter the secret again."
        ) from None


def _cipher() -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  # see above

    keys = derived_keys(settings.DATA_DIR, KEY)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
