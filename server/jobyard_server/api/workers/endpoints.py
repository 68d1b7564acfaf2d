"""``/api/extras/workers/`` and ``/api/extras/queues/``: who executes runs at the moment, and what waits."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import restrict
from jobyard_server.api.links import Links
from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.runs.queue_states import QueueState, queue_states
from jobyard_server.runs.workers import Worker, workers


class HeldRun(TypedDict):
    """A run that a worker holds."""

    id: uuid.UUID
    url: str
    name: str
    status: str


class KnownRevision(TypedDict):
    """Code that a worker has checked and may run."""

    source: str
    revision: str
    snapshot: str


class WorkerShape(TypedDict):
    """A worker; a dead one is marked until it is forgotten."""

    id: uuid.UUID
    hostname: str
    pid: int
    version: str
    is_alive: bool
    started: datetime
    last_seen: datetime
    lease_until: datetime
    queues: list[str]
    slots: int
    runs: list[HeldRun]
    hidden_runs: int
    revisions: list[KnownRevision]


class QueueShape(TypedDict):
    """A queue; it is stuck when runs wait in it and no worker serves it."""

    name: str
    waiting: int
    hidden_waiting: int
    oldest: datetime | None
    is_served: bool
    is_stuck: bool
    workers: list[uuid.UUID]


class WorkerList(ApiView):
    model = Component
    queryset = Component.objects.filter(kind="worker")
    pagination_class = None

    @extend_schema(responses={200: shape(list[WorkerShape])})
    def get(self, _request: Request) -> Response:
        """List the workers with their queues, their lease, the runs they hold and the code they have."""
        visible = restrict(JobResult.objects.only("name", "status"), self.user, "view")
        links = self.links
        return Response([describe(worker, links) for worker in workers(self.get_queryset(), visible)])


class QueueList(ApiView):
    model = Component
    queryset = Component.objects.filter(kind="worker")
    pagination_class = None

    @extend_schema(responses={200: shape(list[QueueShape])})
    def get(self, _request: Request) -> Response:
        """List the queues, stuck ones first: how many runs wait in each, and which workers take them."""
        visible = restrict(JobResult.objects.all(), self.user, "view")
        jobs = restrict(Job.objects.filter(installed=True), self.user, "view")
        found = queue_states(workers(self.get_queryset(), visible), jobs, visible)
        return Response([describe_queue(queue) for queue in found])


def describe_queue(queue: QueueState) -> QueueShape:
    return {
        "name": queue.name,
        "waiting": queue.waiting,
        "hidden_waiting": queue.hidden_waiting,
        "oldest": queue.oldest,
        "is_served": queue.is_served,
        "is_stuck": queue.is_stuck,
        "workers": [worker.row.pk for worker in queue.workers],
    }


def describe(worker: Worker, links: Links) -> WorkerShape:
    row = worker.row
    return {
        "id": row.pk,
        "hostname": row.hostname,
        "pid": row.pid,
        "version": row.version,
        "is_alive": worker.is_alive,
        "started": row.started_at,
        "last_seen": row.heartbeat_at,
        "lease_until": worker.alive_until,
        "queues": row.queues,
        "slots": row.slots,
        "runs": [
            {"id": run.pk, "url": links.job_result(run.pk), "name": run.name, "status": run.status}
            for run in worker.runs
        ],
        "hidden_runs": worker.hidden_runs,
        "revisions": [
            {
                "source": revision.source.key,
                "revision": revision.identifier,
                "snapshot": f"sha256:{revision.snapshot_digest}",
            }
            for revision in worker.revisions
        ],
    }


urlpatterns = [path("workers/", WorkerList.as_view()), path("queues/", QueueList.as_view())]
