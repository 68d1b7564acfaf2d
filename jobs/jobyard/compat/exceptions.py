"""``utilities.exceptions``, ``nautobot.utilities.exceptions``."""

from __future__ import annotations

from jobyard.errors import AbortTransaction

__all__ = ["AbortScript", "AbortTransaction"]


class AbortScript(Exception):  # noqa: N818  # the name job files import
    """The script gives up; like any other exception it ends the run as errored."""
