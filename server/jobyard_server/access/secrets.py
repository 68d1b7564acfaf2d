"""Secrets at rest: encrypted with a key that is in the data folder, not in the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.keys import derived_keys

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
    try:
        return _cipher().decrypt(text.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise SecretUnreadable(
            f"A stored secret cannot be decrypted, because it was encrypted with another key than the one "
            f"in keys/{KEY} of the data folder; bring that file back, or enter the secret again."
        ) from None


def _cipher() -> MultiFernet:
    keys = derived_keys(settings.DATA_DIR, KEY)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
