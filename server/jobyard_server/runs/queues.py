"""Names of queues: which ones a job may go to, and the old name of the default one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jobyard.spec import JobSpec
from jobyard_server.runs.errors import InvalidQueue
from jobyard_server.runs.models import DEFAULT_QUEUE, JobResult

_OLD_NAME = "celery"
_LOCAL = "local-"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def canonical(name: str) -> str:
    return DEFAULT_QUEUE if name == _OLD_NAME else name


def is_queue_name(name: str) -> bool:
    """Only such names go to a broker."""
    return _NAME.fullmatch(name) is not None


def served_queues(names: Iterable[str]) -> list[str]:
    """
    The queues of a worker, most urgent first, each once and by its own name.

    Raises:
        InvalidQueue: One of *names* cannot be the name of a queue.
    """
    found = list(dict.fromkeys(canonical(name) for name in names))
    for name in found:
        if not is_queue_name(name):
            raise InvalidQueue(name[:100])
    return found


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
    chosen = allowed[0] if asked is None or asked == "" else asked
    if not isinstance(chosen, str) or canonical(chosen) not in allowed or not is_queue_name(chosen):
        raise InvalidQueue(str(chosen)[:100])
    return canonical(chosen)


def local_queue(result: JobResult) -> str:
    """A queue that only the process serves which was started for this one run."""
    return f"{_LOCAL}{result.pk}"


def is_local_queue(name: str) -> bool:
    return name.startswith(_LOCAL)
