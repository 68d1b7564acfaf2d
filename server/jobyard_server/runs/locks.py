"""What a run locks, by the templates of its job, and who waits for whom because of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError
from django.db.models import Q

from jobyard import statuses
from jobyard.errors import InputErrors
from jobyard.lock_names import checked_names, parts_of
from jobyard.spec import JobSpec
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.objects import is_comparable, model_of

SHOWN = 20  #: Runs that are named as the ones waited for.


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """A run that another one waits for."""

    id: UUID
    name: str
    status: str
    locks: list[str]  #: What both of them want; empty when it is the limit of the job.


def locks_of(spec: JobSpec, inputs: Mapping[str, Any]) -> list[str]:
    """
    The names that a run with these cleaned inputs locks.

    Raises:
        InputErrors: A template leads to a name that cannot be used.
    """
    names: list[str] = []
    for template in spec.locks:
        parts = [(text, _values(spec, name, inputs)) for text, name in parts_of(template)]
        texts = [text for text, _ in parts]
        names += [
            "".join(text + value for text, value in zip(texts, chosen, strict=True))
            for chosen in product(*(values for _, values in parts))
        ]
    try:
        return checked_names(names)
    except ValueError as exc:
        raise InputErrors({"__all__": [f"The locks of this job cannot be named: {exc}."]}) from exc


def blockers_of(result: JobResult) -> list[Blocker]:
    """The runs that *result*, which waits, will not be started beside; the oldest first."""
    waits = result.status == statuses.PENDING and result.worker is None
    if not waits or not (result.locks or result.run_limit):
        return []
    active = JobResult.objects.filter(status__in=statuses.ACTIVE).exclude(pk=result.pk)
    earlier = Q(worker__isnull=False) | Q(created__lt=result.created)
    wanted = Q(locks__overlap=result.locks) & earlier if result.locks else Q(pk__in=[])
    if result.run_limit:
        wanted |= Q(job_model=result.job_model_id, worker__isnull=False)
    rows = active.filter(wanted).order_by("created").values_list("pk", "name", "status", "locks")
    mine = set(result.locks)
    return [
        Blocker(id=key, name=name, status=status, locks=sorted(mine & set(locks)))
        for key, name, status, locks in rows[:SHOWN]
    ]


def next_after(result: JobResult) -> JobResult | None:
    """The oldest run that may have waited for *result* to end."""
    if not result.locks and not result.run_limit:
        return None
    waiting = JobResult.objects.filter(status=statuses.PENDING, worker=None)
    wanted = Q(locks__overlap=result.locks) if result.locks else Q(pk__in=[])
    if result.run_limit:
        wanted |= Q(job_model=result.job_model_id)
    return waiting.filter(wanted).order_by("created").first()


def _values(spec: JobSpec, name: str, inputs: Mapping[str, Any]) -> list[str]:
    """One text for each value of a dotted name; none for an input that was left out."""
    if not name:
        return [""]
    variable, _, path = name.partition(".")
    given = inputs.get(variable)
    values = given if isinstance(given, list) else [] if given is None else [given]
    model = next(item.model for item in spec.variables if item.name == variable)
    if model is None or path in ("", "pk", "id"):
        return [str(value) for value in values]
    return _fields(model, path, values)


def _fields(label: str, path: str, keys: list[Any]) -> list[str]:
    lookup = path.replace(".", "__")
    problem = f"The locks of this job cannot be named: {label} has no field {path} that may be shown."
    try:
        model = model_of(label)
        if not is_comparable(model, lookup):
            raise InputErrors({"__all__": [problem]})
        found = model._default_manager.filter(pk__in=keys).values_list(lookup, flat=True)
        return [str(value) for value in found if value is not None]
    except (LookupError, FieldError, TypeError, ValueError) as exc:
        raise InputErrors({"__all__": [problem]}) from exc
