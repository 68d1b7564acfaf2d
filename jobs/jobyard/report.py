"""Report classes, as written for NetBox and for early versions of the job API."""

from __future__ import annotations

from typing import Any

from jobyard import events
from jobyard.declarations import base_class, test_methods_of
from jobyard.job import Job, write_row


@base_class("report")
class Report(Job):
    """A job that only has tests."""

    def __init__(self) -> None:
        super().__init__()
        if not test_methods_of(type(self), self):
            raise Exception("A report must contain at least one test method.")  # noqa: TRY002  # as users know it

    def log_debug(self, *args: Any, obj: Any = None, message: Any = None) -> None:
        """``log_debug(message)`` or ``log_debug(obj, message)``."""
        values = list(args)
        message = values.pop() if values else message
        obj = values.pop() if values else obj
        write_row(self, obj, message, events.DEFAULT)


@base_class("netbox-report")
class NetBoxReport(Report):
    """A report of ``extras.reports``, with a hook before its tests."""

    def pre_run(self) -> None:
        """Called before the tests."""
