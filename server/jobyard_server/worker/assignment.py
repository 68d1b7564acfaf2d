"""What a child is told about its run, after a second look at what may have changed since the request."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from jobyard.discovery import job_path_of
from jobyard_server.access.permissions import may
from jobyard_server.isolation.account_folders import hand_over
from jobyard_server.isolation.containment import containment
from jobyard_server.isolation.frames import Frame
from jobyard_server.isolation.launchers import starts_anew
from jobyard_server.registry.models import PLUGINS, Job
from jobyard_server.registry.signatures import why_untrusted
from jobyard_server.runs.input_files import write_files
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.errors import NotStartable
from jobyard_server.worker.login import child_login
from jobyard_server.worker.snapshot_zygote import Code
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
    if reason := why_untrusted(result.revision):
        raise NotStartable(reason)
    if result.schedule_id is not None and not may(result.user, "run", job):  # hours may have passed
        raise NotStartable(
            f"{result.user} does not have the permission extras.run_job for this job any more."
        )
    return job


def code_of(result: JobResult, job: Job, snapshots: Snapshots) -> Code | None:
    """
    Where the pinned code is; None for a plugin's. A renamed source keeps its old name for runs that were
    accepted under it.

    Raises:
        NotStartable: The snapshot is missing or damaged, and cannot be had.
        SnapshotAwaited: It is on its way.
    """
    if job.module.source.kind == PLUGINS:
        return None
    assert result.revision is not None  # noqa: S101  # check_startable has seen it
    digest = result.revision.snapshot_digest
    # As accepted: a job that was renamed meanwhile has its old name in the snapshot that is pinned.
    source_key, module_name, _ = result.name.split("/")
    return Code(
        source=source_key,
        digest=digest,
        root=snapshots.root(digest, result.revision_id),
        job_path=job_path_of(module_name, result.origin["path"]),
        module=module_name,
    )


def assignment(claim: Claim, scratch: Path, code: Code | None) -> Frame:
    """
    The task frame of a run that was found startable.

    Raises:
        ContainmentMissing: This host cannot confine it as it must be.
    """
    result = claim.result
    job = result.job_model
    assert job is not None  # noqa: S101  # check_startable has seen it
    return {
        "task": "run",
        "nonce": secrets.token_hex(16),
        "id": str(result.pk),
        "fence": claim.fence,
        "approved_plan": result.approved_plan,
        "change_key": str(result.change_key),
        "class_path": result.name,
        "name": job.name,
        "module": job.module_name,
        "inputs": result.inputs,
        "commit": result.commit,
        "is_profiled": result.is_profiled,
        "names_locks": result.names_locks,
        "soft_time_limit": result.soft_time_limit,
        "time_limit": result.time_limit,
        "request": result.request,
        "user": str(result.user_id),
        "files": _files(result, scratch) if _has_files(job) else {},
        "scratch": str(scratch),
        "output_limits": {
            "file_bytes": settings.JOBYARD["OUTPUT_FILE_MAX_BYTES"],
            "files": settings.JOBYARD["OUTPUT_FILES_MAX"],
        },
        "containment": containment(),
        **_login(),
        **_place(code),
    }


def _login() -> Frame:
    """For a child that becomes a fresh interpreter, in which nothing was prepared."""
    return {"database": child_login().login} if starts_anew(settings.JOBYARD) else {}


def _files(result: JobResult, scratch: Path) -> dict[str, str]:
    paths = write_files(result, scratch)
    hand_over(scratch, settings.JOBYARD)
    return paths


def _has_files(job: Job) -> bool:
    return any(variable["kind"] == "FileVar" for variable in job.spec_json["variables"])


def _place(code: Code | None) -> dict[str, Any]:
    if code is None:
        return {"source": PLUGINS}
    return {
        "source": code.source,
        "digest": code.digest,
        "root": str(code.root),
        "job_path": code.job_path,
    }
