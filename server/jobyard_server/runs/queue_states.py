"""The queues: how many runs wait in each, since when, and which workers take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet

from jobyard import statuses
from jobyard_server.registry.models import Job
from jobyard_server.runs.components import alive
from jobyard_server.runs.models import DEFAULT_QUEUE, JobResult
from jobyard_server.runs.queues import canonical, is_local_queue
from jobyard_server.runs.workers import Worker


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A queue, as far as whoever asks may see it."""

    name: str
    waiting: int  #: Visible runs that no worker holds yet.
    hidden_waiting: int  #: Those that are visible to others only.
    oldest: datetime | None  #: When the first visible one was asked for.
    workers: list[Worker]  #: Alive and visible.
    is_served: bool  #: By any worker that is alive.

    @property
    def is_stuck(self) -> bool:
        """Runs wait, and nobody will take them."""
        return bool(self.waiting or self.hidden_waiting) and not self.is_served

    @property
    def way_out(self) -> str:
        return f"jobyard worker --queues {self.name}"


def queue_states(
    workers: Sequence[Worker], jobs: QuerySet[Job], visible: QuerySet[JobResult]
) -> list[QueueState]:
    """
    The queues of *workers*, of *jobs* and of the *visible* runs that wait; the default one first.

    Cost: four queries, whatever the number of queues and runs.
    """
    mine, everybodys = _waiting(visible), _waiting(JobResult.objects.all())
    served = {
        name for names in alive().filter(kind="worker").values_list("queues", flat=True) for name in names
    }
    living = [worker for worker in workers if worker.is_alive]
    names = {DEFAULT_QUEUE, *mine, *_queues_of(jobs), *(name for item in living for name in item.row.queues)}
    found = [
        _state(
            name, mine.get(name, Waiting()), everybodys.get(name, Waiting()), living, is_served=name in served
        )
        for name in names
        if not is_local_queue(name)
    ]
    return sorted(found, key=lambda queue: (not queue.is_stuck, queue.name != DEFAULT_QUEUE, queue.name))


class Waiting(NamedTuple):
    """The runs that wait in a queue."""

    runs: int = 0
    oldest: datetime | None = None


def _state(
    name: str, mine: Waiting, everybodys: Waiting, living: Sequence[Worker], *, is_served: bool
) -> QueueState:
    return QueueState(
        name=name,
        waiting=mine.runs,
        hidden_waiting=max(everybodys.runs - mine.runs, 0),
        oldest=mine.oldest,
        workers=[worker for worker in living if name in worker.row.queues],
        is_served=is_served,
    )


def _waiting(rows: QuerySet[JobResult]) -> dict[str, Waiting]:
    """Number and oldest of the runs among *rows* that a worker could take, by queue."""
    waiting = rows.filter(status=statuses.PENDING, worker=None, source_model=None, cancel_requested=False)
    counted = waiting.order_by().values("task_queue").annotate(runs=Count("pk"), oldest=Min("created"))
    return {row["task_queue"]: Waiting(row["runs"], row["oldest"]) for row in counted}


def _queues_of(jobs: QuerySet[Job]) -> Iterable[str]:
    """What the code names and what people decided instead."""
    named = jobs.order_by().values_list("spec_json__task_queues", "overrides__task_queues").distinct()
    for in_code, decided in named:
        yield from (canonical(name) for name in (decided if decided is not None else in_code) or ())
