"""
The version of the API that a client was written for: 1.1 to 1.6, or none.

It is asked for by ``Accept: application/json; version=1.3`` or ``?api_version=1.3``. Without one, jobyard
behaves in its own way.
"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType
from rest_framework.versioning import BaseVersioning

SUPPORTED = ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
LAYOUT_1_1, LAYOUT_1_2 = "1.1", "1.2"  #: Of the data of a result.


class ClientVersion(BaseVersioning):
    """``request.version``: one of SUPPORTED, or None."""

    def determine_version(  # type: ignore[override]  # the stubs know no request without a version
        self, request: Request, *_args: Any, **_kwargs: Any
    ) -> str | None:
        in_header = _MediaType(request.accepted_media_type or "").params.get("version")
        asked = {text for text in (request.query_params.get("api_version"), in_header) if text is not None}
        if not asked:
            return None
        if len(asked) > 1 or not asked <= set(SUPPORTED):
            known = ", ".join(SUPPORTED)
            raise NotAcceptable(f"This server speaks the versions {known} of the API; ask for one of them.")
        return asked.pop()


def lists_job_records(version: str | None) -> bool:
    """Whether the list of jobs is one of records, in pages; before 1.3 it was a bare list."""
    return version is not None and version not in ("1.1", "1.2")


def default_layout(version: str | None) -> str:
    """The layout of result data for a client that does not ask for one."""
    return LAYOUT_1_1 if version in (None, "1.1") else LAYOUT_1_2


def knows_all_statuses(version: str | None) -> bool:
    """Clients of a version wait for ``completed``, ``failed`` or ``errored``, and for nothing else."""
    return version is None
