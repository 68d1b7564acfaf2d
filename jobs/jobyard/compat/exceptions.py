"""``utilities.exceptions``, ``nautobot.utilities.exceptions``."""

from __future__ import annotations

from jobyard.errors import AbortScript, AbortTransaction

__all__ = ["AbortScript", "AbortTransaction"]
