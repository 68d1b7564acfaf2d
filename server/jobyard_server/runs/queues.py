"""Names of queues: which ones a job may go to, and the old name of the default one."""

from __future__ import annotations

from jobyard.spec import JobSpec
from jobyard_server.runs.errors import InvalidQueue
from jobyard_server.runs.models import DEFAULT_QUEUE, JobResult

_OLD_NAME = "celery"


def canonical(name: str) -> str:
    return DEFAULT_QUEUE if name == _OLD_NAME else name


def queues_of(spec: JobSpec) -> list[str]:
    """The queues a job may go to; the first one is its default."""
    return list(dict.fromkeys(canonical(name) for name in spec.task_queues)) or [DEFAULT_QUEUE]


def choose_queue(spec: JobSpec, asked: object) -> str:
    """
    The queue of a run.

    Raises:
        InvalidQueue: *asked* is none of the job's queues.
    """
    allowed = queues_of(spec)
    if asked is None or asked == "":
        return allowed[0]
    if not isinstance(asked, str) or canonical(asked) not in allowed:
        raise InvalidQueue(str(asked)[:100])
    return canonical(asked)


def local_queue(result: JobResult) -> str:
    """A queue that only the process serves which was started for this one run."""
    return f"local-{result.pk}"
