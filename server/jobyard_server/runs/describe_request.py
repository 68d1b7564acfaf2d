"""What ``self.request`` is made of: a part of the request that started a run, and nothing secret."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, QueryDict

from jobyard.spec import JobSpec

META_NAMES = (
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_HOST",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_USER",
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
)
_NEVER = {"csrfmiddlewaretoken"}


def describe_request(request: HttpRequest, spec: JobSpec, *, with_form: bool = False) -> dict[str, Any]:
    """
    The stored description of *request*.

    Args:
        request: The one that starts the run.
        spec: Of the job; inputs that may be sensitive are left out altogether.
        with_form: The inputs came as form fields, which become ``POST``.
    """
    known = request.META
    meta = {name: known[name] for name in META_NAMES if isinstance(known.get(name), str)}
    described: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "path": request.path,
        "method": request.method or "",
        "META": meta,
        "GET": {},
        "POST": {},
    }
    if spec.has_sensitive_variables:
        meta["QUERY_STRING"] = ""
        return described
    hidden = _NEVER | {item.name for item in spec.variables if item.secret or item.kind == "FileVar"}
    described["GET"] = _fields(request.GET, hidden)
    described["POST"] = _fields(request.POST, hidden) if with_form else {}
    if any(name in request.GET for name in hidden):
        meta["QUERY_STRING"] = ""
    return described


def describe_command(server_name: str = "jobyard_runjob") -> dict[str, Any]:
    """The same for a run that no request started."""
    return {"id": str(uuid.uuid4()), "path": "", "method": "", "META": {"SERVER_NAME": server_name}}


def _fields(sent: QueryDict, hidden: set[str]) -> dict[str, list[str]]:
    return {
        _storable(name): [_storable(value) for value in sent.getlist(name)]
        for name in sent
        if name not in hidden
    }


def _storable(value: object) -> str:
    return str(value).replace("\x00", "�").encode("utf-8", "replace").decode()
