"""What can be wrong with the embedded database; every message is a sentence for the person who starts it."""

from __future__ import annotations


class DatabaseError(Exception):
    """The embedded database cannot be used."""


class BinariesMissingError(DatabaseError):
    """The wheel that brings PostgreSQL is not installed or has no build for this machine."""


class ForeignDataError(DatabaseError):
    """The folder of the server holds something that this version must not touch."""


class StartFailedError(DatabaseError):
    """PostgreSQL ended, or did not answer in time, while it was starting."""
