"""Writes the timeline of a source; every function runs inside the transaction of ``publish``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from jobyard_server.registry.bulk import upsert
from jobyard_server.registry.history_models import (
    CONFIRMATION,
    PUBLISHED,
    REFUSED,
    WAITING,
    HeldPush,
    JobVersion,
    RevisionEvent,
)
from jobyard_server.registry.job_changes import spec_changes
from jobyard_server.registry.models import Job, Revision, Source
from jobyard_server.registry.publish_terms import PublishTerms
from jobyard_server.registry.published import Published

MAX_FILES = 300  #: That an event tells by name.
MAX_JOBS = 500  #: Of each kind of change.


def note_published(
    source: Source, revision: Revision, published: Published, jobs: Sequence[Job], terms: PublishTerms
) -> None:
    """The event, the versions of the specs of *jobs*, and the end of a push that was held."""
    held = HeldPush.objects.filter(source=source).select_related("confirmed_by").first()
    cause, user = terms.cause, terms.user
    if held is not None:
        if held.revision_id == revision.pk and held.confirmed_at:
            cause, user = CONFIRMATION, held.confirmed_by
        held.delete()
    event = _event(source, revision, PUBLISHED, published, terms)
    event.cause, event.user = cause, user
    if _is_worth_a_line(event, published):
        event.save(force_insert=True)
        _store_versions(source, jobs, event)


def note_held(source: Source, revision: Revision, published: Published, terms: PublishTerms) -> None:
    """A push that waits for a confirmation; the same one is not told twice."""
    values = {
        "removed": [job.class_path for job in published.removed],
        "job_count": published.job_count,
    }
    held, _ = HeldPush.objects.get_or_create(source=source, defaults={"revision": revision, **values})
    if held.revision_id == revision.pk and held.removed == values["removed"]:
        if RevisionEvent.objects.filter(source=source, revision=revision, kind=WAITING).exists():
            return
    else:
        held.delete()
        HeldPush.objects.create(source=source, revision=revision, **values)
    _event(source, revision, WAITING, published, terms).save(force_insert=True)


def note_refused(source: Source, revision: Revision, published: Published, terms: PublishTerms) -> None:
    """A revision that the rule of its repository refuses; told once until something else happens."""
    newest = RevisionEvent.objects.filter(source=source).first()
    if newest is None or (newest.kind, newest.revision_id) != (REFUSED, revision.pk):
        _event(source, revision, REFUSED, published, terms).save(force_insert=True)


def _is_worth_a_line(event: RevisionEvent, published: Published) -> bool:
    """The same revision again, without any news in it, is not; a restart looks again at what did not load."""
    return event.revision_id != event.previous_id or bool(event.changes or published.newly_failed)


def _event(
    source: Source, revision: Revision, kind: str, published: Published, terms: PublishTerms
) -> RevisionEvent:
    return RevisionEvent(
        source=source,
        revision=revision,
        previous_id=source.revision_id,
        kind=kind,
        cause=terms.cause,
        user=terms.user,
        result=terms.result,
        files=[vars(item) for item in terms.files[:MAX_FILES]],
        changes=changes_of(published),
        errors=_errors(published),
        broken_inputs=published.broken_inputs,
        module_count=published.module_count,
        inspected_count=published.module_count - len(published.unchanged),
    )


def changes_of(published: Published) -> dict[str, Any]:
    """``{added, removed, returned, renamed, changed}``, each only when there are any."""
    changed = [
        {"job": item.job.class_path, **told}
        for item in published.changed
        if (told := spec_changes(item.before, item.job.spec_json))
    ]
    found: dict[str, list[Any]] = {
        "added": _paths(published.created),
        "returned": _paths(published.returned),
        "removed": _paths(published.removed),
        "renamed": [{"old": item.before, "new": item.job.class_path} for item in published.renamed],
        "changed": changed,
    }
    return {name: items[:MAX_JOBS] for name, items in found.items() if items}


def _paths(jobs: Iterable[Job]) -> list[str]:
    return sorted(job.class_path for job in jobs)


def _errors(published: Published) -> list[dict[str, Any]]:
    kept = {item.module: item.commit for item in published.kept}
    return [
        {"module": report.module, "kept": kept.get(report.module, ""), **vars(report.error)}
        for report in published.failed
        if report.error is not None
    ]


def _store_versions(source: Source, jobs: Sequence[Job], event: RevisionEvent) -> None:
    moment = event.created or timezone.now()
    rows = [
        JobVersion(
            job=job,
            created=moment,
            class_path=f"{source.key}/{job.module_name}/{job.job_class_name}",
            spec_json=job.spec_json if job.installed else None,
        )
        for job in jobs
    ]
    upsert(rows, ["class_path"])
