"""Ask a job class itself what a run will lock; the answer goes out as an event, and the run has to wait."""

from __future__ import annotations

from jobyard.events import LocksNamed, Sink
from jobyard.execution import JobSource, RunContext, initialization_failure
from jobyard.lock_names import checked_names
from jobyard.serialization import Surroundings, python_values


def name_locks(job_class: JobSource, run: RunContext, sink: Sink) -> None:
    """Call ``lock_names(data)``, and no other method of the author; it may only read."""
    try:
        cls = job_class if isinstance(job_class, type) else job_class()
        data = python_values(cls, run.inputs, Surroundings(objects=run.objects, files=run.files))
        names = checked_names(getattr(cls(), "lock_names")(data))  # noqa: B009  # the author's, if any
    except BaseException as exc:  # noqa: BLE001  # authors raise anything
        initialization_failure(exc, sink)
        return
    sink.emit(LocksNamed(names=names))
