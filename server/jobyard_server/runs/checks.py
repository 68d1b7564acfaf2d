"""What every way to a run checks first, now or later: the right, the job, its code, queue and inputs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from jobyard.inputs import FileInput, clean_inputs
from jobyard.spec import JobSpec
from jobyard_server.access.permissions import may
from jobyard_server.registry.models import Job, Revision
from jobyard_server.registry.signatures import why_untrusted
from jobyard_server.runs.errors import (
    InvalidCommitFlag,
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    NotAllowedToRun,
    RevisionNotTrusted,
)
from jobyard_server.runs.models import InputFile, JobResult
from jobyard_server.runs.objects import ModelResolver
from jobyard_server.runs.queues import choose_queue
from jobyard_server.schedules.models import ScheduledJob


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
    revision: Revision | None = None  #: An older one of the job's source; None: the published one.
    is_local: bool = False  #: The caller executes it on its own host; no worker will take it.
    is_profiled: bool = False  #: Measure its ``run``.
    applies: JobResult | None = None  #: The dry run whose inputs and revision are taken, to commit them.
    approved_plan: str = ""  #: Digest that its changes must have; empty: whatever they are.
    schedule: ScheduledJob | None = None  #: What asks for it, with the files that it holds.
    job_hook: uuid.UUID | None = None  #: Key of the job hook that asks for it.


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A request that may become a run or a schedule."""

    spec: JobSpec
    revision: Revision
    commit: bool
    queue: str
    inputs: dict[str, Any]  #: In queued form.


def check(asked: RunRequest) -> Checked:
    """
    Look at *asked* in the order of jobs-behaviour §13.7.

    Raises:
        RunRefused: One of ``runs.errors``.
        InputErrors: The inputs do not fit.
    """
    revision = runnable_revision(asked.job, asked.user, asked.revision)
    spec = asked.job.spec
    return Checked(
        spec=spec,
        revision=revision,
        commit=_commit_flag(spec, asked.commit),
        queue=choose_queue(spec, asked.task_queue),
        inputs=checked_inputs(asked),
    )


def check_as_shown(job: Job, user: Any, shown: ScheduledJob, *, commit: bool) -> Checked:
    """
    What an approver sees: the inputs and the revision of the request, whatever was published since.

    Raises:
        RunRefused: The job cannot be run, or not by this user.
    """
    return Checked(
        spec=job.spec,
        revision=runnable_revision(job, user, shown.revision),
        commit=commit,
        queue=shown.task_queue,
        inputs=shown.inputs,
    )


def checked_inputs(asked: RunRequest) -> dict[str, Any]:
    """
    The inputs in queued form.

    Raises:
        InputErrors: They do not fit.
    """
    return clean_inputs(
        asked.job.spec,
        asked.data,
        objects=ModelResolver(),
        files=_described_files(asked),
        from_form=asked.from_form,
        file_max_bytes=settings.JOBYARD["FILE_MAX_BYTES"],
    )


def runnable_revision(job: Job, user: Any, pinned: Revision | None = None) -> Revision:
    """
    The revision that a run of *job* by *user* executes: the *pinned* one, or the one in service.

    Raises:
        RunRefused: The job cannot be run, or not by this user, or a signature was taken back.
    """
    if not may(user, "run", job):
        raise NotAllowedToRun
    if not job.enabled:
        raise JobNotEnabled
    if not job.installed:
        raise JobNotInstalled
    if job.module.revision is None:
        raise JobHasNoSource
    _check_trust(job.module.revision)
    if pinned is None or pinned == job.module.revision:
        return job.module.revision
    _check_trust(pinned)
    return pinned


def _check_trust(revision: Revision) -> None:
    """
    Refuse a revision whose signature was taken back.

    Raises:
        RevisionNotTrusted: And signatures are required for its source.
    """
    if reason := why_untrusted(revision):
        raise RevisionNotTrusted(reason)


def _commit_flag(spec: JobSpec, asked: object) -> bool:
    if asked is not None and not isinstance(asked, bool):
        raise InvalidCommitFlag
    if spec.read_only:
        return False
    return spec.commit_default if asked is None else asked


def _described_files(asked: RunRequest) -> dict[str, FileInput]:
    kept = InputFile.objects.filter(schedule=asked.schedule) if asked.schedule else ()
    return {
        **{file.variable: _described(file) for file in kept},
        **{name: _described(file) for name, file in asked.files.items()},
    }


def _described(file: UploadedFile | InputFile) -> FileInput:
    return FileInput(name=file.name or "", size=file.size or 0, content_type=file.content_type or "")
