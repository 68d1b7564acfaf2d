"""
What keeps a worker from starting a run.

::

    NotStartable    told to the person in the log of the run
"""

from __future__ import annotations


class NotStartable(Exception):  # noqa: N818  # an event of the domain, not of the program
    """The run cannot start; the text is its log row in the group ``initialization``."""
