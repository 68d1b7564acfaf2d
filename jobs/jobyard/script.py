"""Script classes, as written for NetBox and for early versions of the job API."""

from __future__ import annotations

from typing import Any

from jobyard import events
from jobyard.declarations import base_class, test_methods_of
from jobyard.job import Job, write_row


@base_class("script")
class BaseScript(Job):
    """A job whose logging methods take the message first."""

    def log_debug(self, message: Any = None, obj: Any = None) -> None:
        write_row(self, obj, message, events.DEFAULT)

    def log_success(self, message: Any = None, obj: Any = None) -> None:  # type: ignore[override]  # older
        write_row(self, obj, message, events.SUCCESS)

    def log_info(self, message: Any = None, obj: Any = None) -> None:  # type: ignore[override]  # older
        write_row(self, obj, message, events.INFO)

    def log_warning(self, message: Any = None, obj: Any = None) -> None:  # type: ignore[override]  # older
        write_row(self, obj, message, events.WARNING)

    def log_failure(self, message: Any = None, obj: Any = None) -> None:  # type: ignore[override]  # older
        write_row(self, obj, message, events.FAILURE)

    def log_error(self, message: Any = None, obj: Any = None) -> None:
        """What some scripts call ``log_failure``."""
        self.log_failure(message, obj)


@base_class("script")
class Script(BaseScript):
    """A script; it must define ``run``."""

    def run(self, data: Any, commit: Any) -> Any:
        del data, commit
        raise NotImplementedError("The script must define a run() method.")


class _Messages:
    """The rows so far, as scripts read them back. An author may keep something else under this name."""

    def __get__(self, script: NetBoxScript | None, owner: type) -> list[dict[str, Any]]:
        result = getattr(script, "job_result", None)
        return [] if result is None else result.data.messages()


@base_class("netbox-script")
class NetBoxScript(Script):
    """A script of ``extras.scripts``; one that has only test methods just runs these."""

    #: ``{"time", "status", "message", "obj", "url"}`` of each row; status is its level.
    messages: Any = _Messages()

    def run(self, data: Any, commit: Any) -> Any:
        if not test_methods_of(type(self), self):
            super().run(data, commit)
