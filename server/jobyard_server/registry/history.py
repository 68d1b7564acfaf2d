"""Reads the history of a source: which specs were in service at a revision, and what differs between two."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from jobyard_server.registry.history_models import PUBLISHED, JobVersion, RevisionEvent
from jobyard_server.registry.job_changes import spec_changes
from jobyard_server.registry.models import Job, Revision, Source


def events_of(source: Source) -> QuerySet[RevisionEvent]:
    """The timeline, newest first, with what its lines need."""
    rows = RevisionEvent.objects.filter(source=source).select_related("revision__source", "user", "previous")
    return rows.order_by("-created")


def last_publication(revision: Revision) -> RevisionEvent | None:
    """The newest event that put *revision* into service."""
    return RevisionEvent.objects.filter(revision=revision, kind=PUBLISHED).order_by("-created").first()


def versions_at(revision: Revision) -> dict[uuid.UUID, JobVersion]:
    """
    The spec of each job that was installed when *revision* was in service, by the id of the job.

    Empty when it never was, or when the timeline does not reach back so far.
    """
    event = last_publication(revision)
    if event is None:
        return {}
    versions = JobVersion.objects.filter(job__module__source=revision.source_id, created__lte=event.created)
    newest = versions.order_by("job_id", "-created").distinct("job_id")
    return {item.job_id: item for item in newest if item.spec_json is not None}


def compare_jobs(old: Revision, new: Revision) -> dict[str, Any] | None:
    """
    ``{added, removed, renamed, changed}`` as an event tells them, from *old* to *new*.

    None when one of them was never in service: then nobody knows its jobs.
    """
    if last_publication(old) is None or last_publication(new) is None:
        return None
    before, after = versions_at(old), versions_at(new)
    both = [(before[key], after[key]) for key in after if key in before]
    changed = [
        {"job": now.class_path, **told}
        for then, now in both
        if (told := spec_changes(then.spec_json or {}, now.spec_json or {}))
    ]
    found: dict[str, list[Any]] = {
        "added": sorted(after[key].class_path for key in after if key not in before),
        "removed": sorted(before[key].class_path for key in before if key not in after),
        "renamed": [
            {"old": then.class_path, "new": now.class_path}
            for then, now in both
            if then.class_path != now.class_path
        ],
        "changed": changed,
    }
    return {name: items for name, items in found.items() if items}


def code_of(job: Job, revision: Revision) -> tuple[Revision, str, int] | None:
    """
    Which revision, file and line *job* ran from while *revision* was in service.

    A module that did not load there was kept at an earlier revision. None when the job was not there.
    """
    event = last_publication(revision)
    version = versions_at(revision).get(job.pk)
    if event is None or version is None or version.spec_json is None:
        return None
    kept = {item["module"]: item["kept"] for item in event.errors if item["kept"]}
    unit = next((name for name in kept if _is_in(version.class_path.split("/")[1], name)), "")
    code = Revision.objects.filter(source=revision.source_id, identifier=kept[unit]).first() if unit else None
    return code or revision, version.spec_json.get("path", ""), int(version.spec_json.get("line") or 0)


def _is_in(module: str, unit: str) -> bool:
    return f"{module}.".startswith(f"{unit}.")


def events_of_job(job: Job) -> QuerySet[RevisionEvent]:
    """The publications that changed the file of *job*, or what users know of it, newest first."""
    versions = JobVersion.objects.filter(job=job).values("created")
    path = job.spec_json.get("path") or job.module.path
    touched = Q(files__contains=[{"path": path}]) | Q(created__in=versions)
    return events_of(job.module.source).filter(touched, kind=PUBLISHED)


def changes_of_job(event: RevisionEvent, job: Job) -> dict[str, Any]:
    """The part of the changes of *event* that is about *job*."""
    found = {
        word: [item for item in items if job.class_path in _paths_of(item)]
        for word, items in event.changes.items()
    }
    return {word: items for word, items in found.items() if items}


def _paths_of(change: Any) -> set[str]:
    """The class paths that a change names: a path alone, a job that changed, or one that was renamed."""
    if isinstance(change, str):
        return {change}
    return {change[name] for name in ("job", "old", "new") if name in change}
