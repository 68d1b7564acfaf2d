"""Rows that were never saved: what the components are shown with. Nothing here asks the database."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.inventory.extras.models import Tag
from jobyard_server.registry.models import GIT, LOCAL, GitRepository, Job, Module, Revision, Source
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.models import ScheduledJob

LONG: Final = "A name that somebody made very long because it had to say everything at once " * 2
UNBROKEN: Final = "averylongwordwithoutanyplacetobreak" * 5
COMMIT: Final = "4be1c09f2a77d4e1c09f2a77d4e1c09f2a77d4e1"


def ago(**units: float) -> datetime:
    return timezone.now() - timedelta(**units)


def key(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def source(kind: str = LOCAL, **fields: Any) -> Source:
    if kind == LOCAL:
        return Source(pk=key(1), key=LOCAL, kind=LOCAL, **fields)
    repository = GitRepository(
        pk=key(2), name="Network care", slug="care", remote_url="https://git.example.com/care.git",
        current_head=COMMIT,
    )  # fmt: skip
    return Source(pk=key(3), key="git.care", kind=GIT, git_repository=repository, **fields)


def revision(of: Source | None = None, **fields: Any) -> Revision:
    values = {"author": "Alice", "message": "Count the ports twice", "created": ago(hours=5), **fields}
    return Revision(pk=key(4), source=of or source(), identifier=COMMIT, **values)


def module(*, of: Source | None = None, **fields: Any) -> Module:
    values = {"name": "audits", "path": "jobs/audits.py", "grouping": "Audits", **fields}
    return Module(pk=key(5), source=of or source(), **values)


def job(**fields: Any) -> Job:
    values = {
        "module": module(), "source": LOCAL, "module_name": "audits", "job_class_name": "CountPorts",
        "grouping": "Audits", "name": "Count ports", "description": "Counts **all** ports.", **fields,
    }  # fmt: skip
    tags = [Tag(name=name, slug=name.lower()) for name in values.pop("tag_names", [])]
    made = Job(pk=uuid.uuid4(), **values)
    made.__dict__["_prefetched_objects_cache"] = {"tags": tags}  # as if they had been prefetched
    return made


def result(status: str = statuses.COMPLETED, **fields: Any) -> JobResult:
    is_over = status in statuses.TERMINAL
    values = {
        "name": "local/audits/CountPorts", "job_model": job(), "user": User(username="alice"),
        "obj_type": ContentType(app_label="extras", model="job"), "created": ago(minutes=3),
        "completed": ago(minutes=2) if is_over else None, "data_committed": is_over,
        "counters": [counters(success=12, info=3, warning=1, failure=2 if status == statuses.FAILED else 0)],
        **fields,
    }  # fmt: skip
    return JobResult(pk=uuid.uuid4(), status=status, **values)


def counters(**levels: int) -> dict[str, Any]:
    return {"grouping": "run", "success": 0, "info": 0, "warning": 0, "failure": 0, **levels}


def schedule(**fields: Any) -> ScheduledJob:
    values = {
        "name": "Every night", "job_model": job(), "user": User(username="bob"), "interval": "daily",
        "time_zone": "UTC", "created": ago(days=2), "next_at": timezone.now() + timedelta(hours=9), **fields,
    }  # fmt: skip
    return ScheduledJob(pk=uuid.uuid4(), **values)
