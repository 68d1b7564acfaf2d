"""
What keeps a worker from starting a run.

::

    NotStartable    told to the person in the log of the run
    SnapshotAwaited the run is given back
"""

from __future__ import annotations


class SnapshotAwaited(Exception):  # noqa: N818  # an event of the domain
    """The snapshot of a run is on its way here; until it has come the run waits, for any worker."""


class NotStartable(Exception):  # noqa: N818  # an event of the domain, not of the program
    """The run cannot start; the text is its log row in the group ``initialization``."""
