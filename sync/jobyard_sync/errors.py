"""Why a sync ends early."""

from __future__ import annotations


class SyncError(Exception):
    """A sync cannot go on; the text is a sentence for the person who reads its result."""


class InspectionUnavailable(SyncError):  # noqa: N818  # an event of the domain, not of the program
    """No module could be inspected, for a reason that lies with jobyard and not with any module."""


class Stopped(Exception):  # noqa: N818  # an event of the domain; nobody's fault, so no SyncError
    """The daemon was asked to end."""


class SourceBusy(Exception):  # noqa: N818  # likewise
    """Another daemon syncs this source at this moment; try again later."""
