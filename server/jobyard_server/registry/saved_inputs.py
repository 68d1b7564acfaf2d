"""
Would inputs that were saved under an older spec still be accepted?

Whoever saves inputs of jobs gives them as ``SavedInputs``: schedules, presets, and the newest results (whose
inputs a new run begins with).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from jobyard.errors import InputErrors
from jobyard.inputs import clean_inputs
from jobyard.spec import JobSpec
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.objects import ModelResolver
from jobyard_server.schedules.models import ScheduledJob


@dataclass(frozen=True, kw_only=True)
class SavedInputs:
    """Inputs in queued form, kept to be used again."""

    job_id: uuid.UUID
    what: str  #: In words: "the schedule Every night".
    url: str  #: Where people look at it.
    inputs: Mapping[str, Any]
    is_partial: bool = False  #: The rest is filled in by people, so what is missing is no error.


def broken_inputs(saved: Iterable[SavedInputs], specs: Mapping[uuid.UUID, JobSpec]) -> list[dict[str, Any]]:
    """
    ``{job, what, url, errors}`` of each of *saved* that the new specs would refuse.

    Args:
        saved: Of any jobs; those without a new spec are passed over.
        specs: The new spec by the id of the job.
    """
    return [
        {"job": str(item.job_id), "what": item.what, "url": item.url, "errors": errors}
        for item in saved
        if item.job_id in specs and (errors := misfits(specs[item.job_id], item))
    ]


def saved_inputs(jobs: Sequence[Job]) -> Iterator[SavedInputs]:
    """Everything that was saved for any of *jobs*. Three queries."""
    yield from schedules(jobs)
    yield from presets(jobs)
    yield from newest_results(jobs)


def schedules(jobs: Iterable[Job]) -> Iterator[SavedInputs]:
    """The inputs of the schedules that will run again."""
    rows = ScheduledJob.objects.filter(job_model__in=[job.pk for job in jobs], enabled=True)
    for row in rows.only("pk", "job_model_id", "name", "inputs"):
        yield SavedInputs(
            job_id=row.job_model_id,
            what=f"the schedule {row.name}",
            url=f"/extras/scheduled-jobs/{row.pk}/",
            inputs=row.inputs,
        )


def presets(jobs: Iterable[Job]) -> Iterator[SavedInputs]:
    """What people keep under a name."""
    rows = JobPreset.objects.filter(job_model__in=[job.pk for job in jobs]).select_related("user")
    for row in rows:
        yield of_preset(row)


def of_preset(row: JobPreset) -> SavedInputs:
    return SavedInputs(
        job_id=row.job_model_id,
        what=f"the preset {row.name} of {row.user}",
        url=f"/extras/job-presets/{row.pk}/",
        inputs=row.inputs,
        is_partial=True,
    )


def newest_results(jobs: Iterable[Job]) -> Iterator[SavedInputs]:
    """The inputs of the newest result of each job, where they were kept. One query."""
    results = (
        JobResult.objects.filter(job_model__in=[job.pk for job in jobs], has_sensitive_variables=False)
        .filter(~Q(inputs={}))
        .order_by("job_model_id", "-created")
        .distinct("job_model_id")
        .only("pk", "job_model_id", "created", "inputs")
    )
    for result in results:
        assert result.job_model_id is not None  # noqa: S101  # filtered by it
        yield SavedInputs(
            job_id=result.job_model_id,
            what=f"the inputs of the run of {result.created:%Y-%m-%d %H:%M}",
            url=result.get_absolute_url(),
            inputs=result.inputs,
        )


def misfits(spec: JobSpec, saved: SavedInputs) -> dict[str, list[str]]:
    """Messages by variable. Files are not kept, so what is said about them does not count."""
    files = {variable.name for variable in spec.variables if variable.kind == "FileVar"}
    data = {name: value for name, value in saved.inputs.items() if name not in files}
    asked = [item for item in spec.variables if item.name not in files]
    if saved.is_partial:
        asked = [replace(item, required=False) for item in asked if item.name in data]
    try:
        clean_inputs(replace(spec, variables=asked), data, objects=ModelResolver())
    except InputErrors as exc:
        return exc.errors if isinstance(exc.errors, dict) else {"": list(exc.errors)}
    return {}
