"""The run itself: the same cleaning, the same methods and the same outcome as on a server."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from jobyard.declarations import variables_of
from jobyard.description import describe_job
from jobyard.events import Event
from jobyard.execution import RunContext, execute_and_keep
from jobyard.inputs import clean_inputs
from jobyard.job import BaseJob, class_path_of
from jobyard.spec import Json
from jobyard.testing.database import transactions
from jobyard.testing.job_run import JobRun
from jobyard.testing.objects import VariableObjects
from jobyard.testing.uploads import Content, open_files

#: Seconds, as on a server whose operator chose no others. Nothing is stopped in a test; jobs are warned.
SOFT_TIME_LIMIT, TIME_LIMIT = 300, 600


def run_job(
    job_class: type[BaseJob],
    data: Mapping[str, Any] | None = None,
    *,
    commit: bool | None = None,
    files: Mapping[str, Content] | None = None,
    user: Any = None,
    request: Mapping[str, Any] | None = None,
) -> JobRun:
    """
    Run a job in this process and wait for its end.

    Changes of the database are kept or reverted as on a server, within the transaction of the test.

    Args:
        job_class: The class; see ``load_jobs`` for classes of files with siblings.
        data: Values by variable: as a client sends them (text, numbers, keys), or as the job gets them
            (model instances, addresses, dates).
        commit: Keep the changes; None means what the job's ``commit_default`` says.
        files: Content of file variables: bytes, text, or ``(name, bytes)``.
        user: ``self.request.user``.
        request: Other values of ``self.request``: ``META``, ``GET``, ``POST``, ``path``, ``method``.

    Raises:
        InputErrors: The values are refused; ``errors`` has the messages by variable.
        InvalidDeclaration: The class cannot be described to users.
    """
    spec = describe_job(job_class)
    uploads = open_files(files or {})
    queued = clean_inputs(
        spec,
        _as_sent(job_class, data or {}),
        objects=VariableObjects(job_class),
        files={name: upload.details for name, upload in uploads.items()},
    )
    context = RunContext(
        id=str(uuid.uuid4()),
        class_path=class_path_of(job_class),
        name=spec.name,
        inputs=queued,
        commit=spec.commit_default if commit is None else commit,
        soft_time_limit=spec.soft_time_limit or SOFT_TIME_LIMIT,
        time_limit=spec.time_limit or TIME_LIMIT,
        request=request or {},
        user=user,
        files={name: upload.file for name, upload in uploads.items()},
    )
    return _finished(job_class, context)


def _finished(job_class: type[BaseJob], context: RunContext) -> JobRun:
    recorder = _Recorder()
    result, job = execute_and_keep(job_class, context, sink=recorder, database=transactions())
    return JobRun(job=job, result=result, events=recorder.events)


def _as_sent(job_class: type[BaseJob], data: Mapping[str, Any]) -> dict[str, Json]:
    """Values of variables in the form a client would send; what is no variable stays, to be refused."""
    variables = variables_of(job_class)
    return {
        name: variables[name].to_queued(value) if name in variables else value for name, value in data.items()
    }


class _Recorder:
    """A sink that keeps the events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)
