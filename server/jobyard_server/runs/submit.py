"""The only door to start a run: checks, validation, and one transaction that pins the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from jobyard.inputs import FileInput, clean_inputs
from jobyard.spec import JobSpec
from jobyard_server.access.permissions import may
from jobyard_server.registry.models import Job, Revision
from jobyard_server.runs.components import has_worker
from jobyard_server.runs.errors import (
    InvalidCommitFlag,
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    NeedsApproval,
    NotAllowedToRun,
    NoWorker,
)
from jobyard_server.runs.input_files import store_files
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.objects import ModelResolver
from jobyard_server.runs.queues import choose_queue, local_queue
from jobyard_server.runs.wake_up import wake_up


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What somebody asks for. Values are as they were sent; nothing is checked yet."""

    job: Job  #: Best with ``module__source`` and ``module__revision`` selected.
    user: Any
    data: object = None  #: Inputs by variable name.
    commit: object = None  #: True, False, or None for the job's default.
    task_queue: object = ""  #: Empty: the first of the job's queues.
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    from_form: bool = False  #: A form sends every field, as text.
    request: Mapping[str, Any] = field(default_factory=dict)  #: What ``self.request`` is made of.
    is_local: bool = False  #: The caller executes it on its own host; no worker will take it.


def submit(asked: RunRequest) -> JobResult:
    """
    Accept a run, or say why not; an accepted run is stored, pinned to its revision and on its way.

    Raises:
        RunRefused: One of ``runs.errors``, in the order of jobs-behaviour §13.7.
        InputErrors: The inputs do not fit; nothing was stored.
    """
    revision = _runnable_revision(asked)
    spec = asked.job.spec
    if spec.approval_required:
        raise NeedsApproval
    commit = _commit_flag(spec, asked.commit)
    queue = choose_queue(spec, asked.task_queue)
    inputs = clean_inputs(
        spec,
        asked.data,
        objects=ModelResolver(),
        files={name: _described(file) for name, file in asked.files.items()},
        from_form=asked.from_form,
        file_max_bytes=settings.JOBYARD["FILE_MAX_BYTES"],
    )
    result = _new_result(asked, spec, revision)
    if asked.is_local:
        queue = local_queue(result)
    elif not settings.JOBYARD["ACCEPT_WITHOUT_WORKERS"] and not has_worker(queue):
        raise NoWorker(queue)
    result.commit, result.task_queue, result.inputs = commit, queue, inputs
    with transaction.atomic():
        result.save(force_insert=True)
        store_files(result, asked.files)
        if not asked.is_local:
            transaction.on_commit(partial(wake_up, result))
    return result


def _runnable_revision(asked: RunRequest) -> Revision:
    job = asked.job
    if not may(asked.user, "run", job):
        raise NotAllowedToRun
    if not job.enabled:
        raise JobNotEnabled
    if not job.installed:
        raise JobNotInstalled
    if job.module.revision is None:
        raise JobHasNoSource
    return job.module.revision


def _commit_flag(spec: JobSpec, asked: object) -> bool:
    if asked is not None and not isinstance(asked, bool):
        raise InvalidCommitFlag
    if spec.read_only:
        return False
    return spec.commit_default if asked is None else asked


def _described(file: UploadedFile) -> FileInput:
    return FileInput(name=file.name or "", size=file.size or 0, content_type=file.content_type or "")


def _new_result(asked: RunRequest, spec: JobSpec, revision: Revision) -> JobResult:
    job = asked.job
    return JobResult(
        name=job.class_path,
        obj_type=ContentType.objects.get_for_model(Job),
        job_model=job,
        user=asked.user,
        soft_time_limit=spec.soft_time_limit or settings.JOBYARD["SOFT_TIME_LIMIT"],
        time_limit=spec.time_limit or settings.JOBYARD["TIME_LIMIT"],
        request=dict(asked.request),
        has_sensitive_variables=spec.has_sensitive_variables,
        revision=revision,
        origin=_origin(job, revision),
    )


def _origin(job: Job, revision: Revision) -> dict[str, str]:
    source = job.module.source
    return {
        "type": source.kind,
        "name": source.key.partition(".")[2] or source.key,
        "commit": revision.identifier,
        "path": job.module.path,
        "digest": f"sha256:{revision.snapshot_digest}",
    }
