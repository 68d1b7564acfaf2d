"""Why `jobyard up` does not start; every message is a sentence that names the way out."""

from __future__ import annotations


class UpError(Exception):
    """jobyard cannot start like this."""


class StepFailedError(UpError):
    """A step that was taken in a process of its own failed."""


class AlreadyRunningError(UpError):
    """Another process holds the data folder."""


class AddressTakenError(UpError):
    """The web part cannot listen where it was told to."""
