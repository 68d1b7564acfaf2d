"""
Why inputs were not remembered.

::

    PresetRefused
    ├── MaybeSensitive   the job's author says that they may be sensitive
    └── InvalidName      missing, too long, or taken
"""

from __future__ import annotations


class PresetRefused(Exception):  # noqa: N818  # an event of the domain, not of the program
    """Nothing was kept."""

    message = "These inputs cannot be remembered."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class MaybeSensitive(PresetRefused):
    message = (
        "The inputs of this job may be sensitive, so they are not remembered. "
        "Its author can change that with has_sensitive_variables = False."
    )


class InvalidName(PresetRefused):
    message = "Give it a name under which you find it again."
