"""The only door to start a run: checks, validation, and one transaction that pins the code."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from jobyard.spec import JobSpec
from jobyard_server.access.audit import RUN, record
from jobyard_server.registry.models import Job, Revision
from jobyard_server.registry.snapshots import hold_revision
from jobyard_server.runs.apply import applied
from jobyard_server.runs.checks import Checked, RunRequest, check, check_as_shown
from jobyard_server.runs.components import has_worker
from jobyard_server.runs.errors import (
    CODE_IS_BEING_REPLACED,
    CODE_IS_GONE,
    CannotRunAgain,
    NeedsApproval,
    NoWorker,
)
from jobyard_server.runs.input_files import copy_files, hand_over_files, store_files
from jobyard_server.runs.locks import locks_of
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.queues import local_queue
from jobyard_server.runs.wake_up import wake_up
from jobyard_server.schedules.models import ScheduledJob

__all__ = ["RunRequest", "new_result", "submit", "submit_checked"]


def submit(asked: RunRequest) -> JobResult:
    """
    Accept a run, or say why not; an accepted run is stored, pinned to its revision and on its way.

    Raises:
        RunRefused: One of ``runs.errors``, in the order of jobs-behaviour §13.7.
        InputErrors: The inputs do not fit; nothing was stored.
    """
    checked = _approved(asked) or applied(asked) or check(asked)
    if checked.spec.approval_required and asked.schedule is None:
        raise NeedsApproval
    return submit_checked(asked, checked)


def submit_checked(asked: RunRequest, checked: Checked, *, files_of: ScheduledJob | None = None) -> JobResult:
    """
    Accept what was checked already.

    Args:
        asked: By whom and how.
        checked: What.
        files_of: Its files are copied for the run.

    Raises:
        NoWorker: Nobody serves the queue.
    """
    result = _new_result(asked, checked)
    if asked.is_local:
        result.task_queue = local_queue(result)
    elif not _will_be_taken(asked, checked.queue):
        raise NoWorker(checked.queue)
    result.locks = locks_of(checked.spec, checked.inputs)
    with transaction.atomic():
        result.save(force_insert=True)
        _hold_code(asked, checked.revision)
        store_files(result, asked.files)
        if asked.schedule is not None:
            hand_over_files(asked.schedule, result)
        if files_of is not None:
            copy_files(files_of, result)
        record(RUN, user=asked.user, target=asked.job, result=str(result.pk), commit=result.commit)
        if not asked.is_local:
            transaction.on_commit(partial(wake_up, result))
    return result


def _approved(asked: RunRequest) -> Checked | None:
    """What was shown to the approver, who approved exactly that; None for any other run."""
    schedule = asked.schedule
    if schedule is None or not schedule.is_pinned:
        return None
    return check_as_shown(asked.job, asked.user, schedule, commit=schedule.commit)


def _will_be_taken(asked: RunRequest, queue: str) -> bool:
    """A run that nobody waits for may wait itself."""
    if asked.schedule is not None or asked.job_hook is not None:
        return True
    return settings.JOBYARD["ACCEPT_WITHOUT_WORKERS"] or has_worker(queue)


def _hold_code(asked: RunRequest, revision: Revision) -> None:
    """Clean-up sees this run, or this run sees that clean-up took its code."""
    if not hold_revision(revision):
        is_older = revision != asked.job.module.revision
        raise CannotRunAgain(CODE_IS_GONE if is_older else CODE_IS_BEING_REPLACED)


def _new_result(asked: RunRequest, checked: Checked) -> JobResult:
    spec = checked.spec
    return new_result(
        asked,
        spec,
        commit=checked.commit,
        task_queue=checked.queue,
        inputs=checked.inputs,
        revision=checked.revision,
        origin=_origin(asked.job, checked.revision),
    )


def new_result(asked: RunRequest, spec: JobSpec, **values: object) -> JobResult:
    """A row for a run of *asked*, not stored yet."""
    job = asked.job
    return JobResult(
        name=job.class_path,
        obj_type=ContentType.objects.get_for_model(Job),
        job_model=job,
        user=asked.user,
        schedule=asked.schedule,
        job_hook=asked.job_hook,
        is_profiled=asked.is_profiled,
        applies=asked.applies,
        approved_plan=asked.approved_plan,
        soft_time_limit=spec.soft_time_limit or settings.JOBYARD["SOFT_TIME_LIMIT"],
        time_limit=spec.time_limit or settings.JOBYARD["TIME_LIMIT"],
        request=dict(asked.request),
        has_sensitive_variables=spec.has_sensitive_variables,
        run_limit=spec.run_limit,
        names_locks=spec.names_locks,
        max_retries=spec.max_retries,
        **values,
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
