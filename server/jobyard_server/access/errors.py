"""
What accounts and tokens refuse; every message is a sentence and none contains a secret.

::

    AccessError
    ├── AccountErrors    an account was refused; has the messages by field
    ├── ReservedAccount  the account of the command line is nobody's
    ├── TokenRefused     a token cannot be made like this
    ├── CodeRefused      a code of a second factor does not count
    └── SecretUnreadable a stored secret cannot be decrypted
"""

from __future__ import annotations


class AccessError(Exception):
    """Something that accounts and tokens refuse to do."""


class AccountErrors(AccessError):  # noqa: N818  # it carries several of them
    """An account was refused: messages by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.errors.items())


class ReservedAccount(AccessError):  # noqa: N818  # an event of the domain, not of the program
    """Somebody wants to use, or uses, the account of the command line."""


class TokenRefused(AccessError):  # noqa: N818  # an event of the domain
    """A token cannot be made like this."""


class CodeRefused(AccessError):  # noqa: N818  # an event of the domain
    """A code of a second factor is wrong, was used, or comes after too many wrong ones."""


class SecretUnreadable(AccessError):  # noqa: N818  # an event of the domain
    """A stored secret cannot be decrypted."""
