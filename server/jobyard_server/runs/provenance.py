"""Where a run comes from, what it was given and how it went: one JSON document, for auditors and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from jobyard_server.registry.models import Revision
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.models import JobResult, OutputFile
from jobyard_server.runs.output_files import files_of

MASK = "********"
FORMAT = 1  #: Raised when a key changes its meaning.


def provenance(result: JobResult, files: Iterable[OutputFile] | None = None) -> dict[str, Any]:
    """
    All that is known of *result*; needs its job, revision and user to be loaded. *files* saves a query.

    Secret inputs are masked, and all of them where the job says that they may be sensitive.
    """
    known = files_of(result) if files is None else files
    return {
        "format": FORMAT,
        "id": str(result.pk),
        "job": {
            "class_path": result.name,
            "name": result.job_model.name if result.job_model else None,
            "spec_version": result.job_model.spec_json.get("version") if result.job_model else None,
        },
        "code": _code(result),
        "inputs": _inputs(result),
        "commit": result.commit,
        "data_committed": result.data_committed,
        "requested_by": _requester(result),
        "executed_by": _executor(result),
        "times": _times(result),
        "phases": phases(result),
        "outcome": {
            "status": result.status,
            "reason": result.status_reason,
            "counters": result.totals,
            "files": [{"name": file.name, "size": file.size} for file in known],
        },
    }


def phases(result: JobResult) -> dict[str, float | None]:
    """
    Seconds of each phase, None where it did not come to that.

    The first two and the last are the server's, the others are told by the process of the job.
    """
    told: Mapping[str, Any] = result.timings
    return {
        "waiting": _seconds(result.created, result.claimed_at),
        "preparing": _seconds(result.claimed_at, result.started),
        "load": told.get("load"),
        "main": told.get("main"),
        "post_run": told.get("post_run"),
        "total": _seconds(result.created, result.completed),
    }


def _code(result: JobResult) -> dict[str, Any]:
    origin, revision = result.origin, result.revision
    return {
        "source": {"type": origin.get("type"), "name": origin.get("name")},
        "revision": origin.get("commit"),
        "path": origin.get("path"),
        "snapshot": origin.get("digest"),
        "published": _iso(revision.created) if revision else None,
        "signature": _signature(revision),
    }


def _signature(revision: Revision | None) -> Any:
    """Whatever is known of the commit's signature; None for code that has no commit."""
    return getattr(revision, "signature", None) or None


def _inputs(result: JobResult) -> Any:
    """Values by variable; the text of the mask where there are some that nobody may see."""
    if result.has_sensitive_variables or result.job_model is None:
        return MASK
    kept = kept_inputs(result)
    secret = [item["name"] for item in result.job_model.spec_json["variables"] if item["secret"]]
    return {**kept, **dict.fromkeys(secret, MASK)}


def _requester(result: JobResult) -> dict[str, Any]:
    request = result.request
    meta = request.get("META", {})
    return {
        "user": result.user.get_username() if result.user else None,
        "request": request.get("id"),
        "method": request.get("method") or None,
        "path": request.get("path") or None,
        "address": meta.get("REMOTE_ADDR"),
        "forwarded_for": meta.get("HTTP_X_FORWARDED_FOR"),
        "user_agent": meta.get("HTTP_USER_AGENT"),
        "server": meta.get("SERVER_NAME"),
        "account": request.get("account"),
        "job_hook": str(result.job_hook) if result.job_hook else None,
    }


def _executor(result: JobResult) -> dict[str, Any]:
    return {
        **result.executed_by,
        "queue": result.task_queue,
        "fence": result.fence,
        "soft_time_limit": result.soft_time_limit,
        "time_limit": result.time_limit,
        "sandbox": getattr(result, "sandbox", None) or None,
    }


def _times(result: JobResult) -> dict[str, str | None]:
    moments = {name: getattr(result, name) for name in ("created", "claimed_at", "started", "completed")}
    return {name: _iso(moment) for name, moment in moments.items()}


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return round((end - begin).total_seconds(), 6) if begin and end else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
