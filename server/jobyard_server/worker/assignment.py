"""What a child is told about its run, after a second look at what may have changed since the request."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from jobyard_server.isolation.frames import Frame
from jobyard_server.registry.models import PLUGINS, Job
from jobyard_server.registry.sources import job_path
from jobyard_server.runs.input_files import write_files
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.errors import NotStartable
from jobyard_server.worker.snapshots import Snapshots


def check_startable(result: JobResult) -> Job:
    """
    The job of *result*, if it may still run.

    Raises:
        NotStartable: With the sentence for the log of the run.
    """
    job = result.job_model
    if job is None or result.revision is None:
        raise NotStartable(f'Unable to locate job "{result.name}" to run it!')
    if not job.enabled:
        raise NotStartable(f"Job {job.name} is not enabled to be run!")
    if result.user is None or not result.user.is_active:
        raise NotStartable("The user who asked for this run is gone or not active any more.")
    return job


def assignment(claim: Claim, scratch: Path, snapshots: Snapshots) -> Frame:
    """
    The task frame of a run.

    Raises:
        NotStartable: The run cannot start.
    """
    result = claim.result
    job = check_startable(result)
    return {
        "task": "run",
        "nonce": secrets.token_hex(16),
        "id": str(result.pk),
        "fence": claim.fence,
        "class_path": result.name,
        "name": job.name,
        "module": job.module_name,
        "inputs": result.inputs,
        "commit": result.commit,
        "soft_time_limit": result.soft_time_limit,
        "time_limit": result.time_limit,
        "request": result.request,
        "user": str(result.user_id),
        "files": write_files(result, scratch) if _has_files(job) else {},
        "scratch": str(scratch),
        "memory_bytes": settings.JOBYARD["RUN_MEMORY"],
        **_code(result, job, snapshots),
    }


def _has_files(job: Job) -> bool:
    return any(variable["kind"] == "FileVar" for variable in job.spec_json["variables"])


def _code(result: JobResult, job: Job, snapshots: Snapshots) -> dict[str, Any]:
    """Where the pinned code is. A renamed source keeps its old name for runs that were accepted under it."""
    source = job.module.source
    if source.kind == PLUGINS:
        return {"source": PLUGINS}
    assert result.revision is not None  # noqa: S101  # check_startable has seen it
    digest = result.revision.snapshot_digest
    return {
        "source": result.name.partition("/")[0],
        "digest": digest,
        "root": str(snapshots.root(digest)),
        "job_path": job_path(source.kind),
    }
