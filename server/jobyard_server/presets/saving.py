"""How presets are made and renamed. The inputs pass the rules of a run, but nothing has to be filled in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from jobyard.cleaning import is_empty
from jobyard.inputs import clean_inputs
from jobyard.spec import JobSpec
from jobyard_server.access.models import User
from jobyard_server.presets.errors import InvalidName, MaybeSensitive
from jobyard_server.presets.models import LONGEST_NAME, JobPreset
from jobyard_server.registry.models import Job
from jobyard_server.runs.objects import ModelResolver

TAKEN = "You have a preset of this name already. Apply that one to change it, or choose another name."
TOO_LONG = f"A name has at most {LONGEST_NAME} characters."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What shall be remembered."""

    name: str
    data: Mapping[str, Any]  #: As a form or a run by REST sends it.
    commit: bool
    task_queue: str = ""
    is_shared: bool = False
    from_form: bool = True  #: False for JSON, whose values have types.


def save_preset(job: Job, user: User, wanted: Wanted, *, applied: uuid.UUID | None = None) -> JobPreset:
    """
    Remember inputs of *job*.

    Args:
        job: Whose inputs.
        user: To whom the preset belongs.
        wanted: Name and inputs.
        applied: The preset that the form was filled in with; under its own name it is replaced.

    Raises:
        MaybeSensitive: Inputs of this job are not kept.
        InvalidName: With a sentence for the field.
        InputErrors: Something that was filled in does not fit.
    """
    spec = job.spec
    if spec.has_sensitive_variables:
        raise MaybeSensitive
    name = checked_name(wanted.name)
    values = {
        "inputs": kept_of(spec, wanted.data, from_form=wanted.from_form),
        "commit": wanted.commit,
        "task_queue": wanted.task_queue[:64],
        "is_shared": wanted.is_shared,
    }
    own = JobPreset.objects.filter(job_model=job, user=user, name=name).first()
    is_again = own is not None and own.pk == applied
    return _stored(own if own and is_again else JobPreset(job_model=job, user=user, name=name), **values)


def change_preset(preset: JobPreset, *, name: str, is_shared: bool) -> None:
    """
    Rename or share *preset*.

    Raises:
        InvalidName: With a sentence for the field.
    """
    _stored(preset, name=checked_name(name), is_shared=is_shared)


def checked_name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise InvalidName
    if len(name) > LONGEST_NAME:
        raise InvalidName(TOO_LONG)
    return name


def kept_of(spec: JobSpec, data: Mapping[str, Any], *, from_form: bool = True) -> dict[str, Any]:
    """
    The part of *data* that is remembered, in queued form.

    A variable that was left empty is left out, unless it has a default that somebody took away.

    Raises:
        InputErrors: Something that was filled in does not fit.
    """
    kept = [variable for variable in spec.variables if not variable.secret and variable.kind != "FileVar"]
    filled = {
        variable.name: data[variable.name]
        for variable in kept
        if variable.name in data and (variable.has_default or not is_empty(variable, data[variable.name]))
    }
    known = [replace(variable, required=False) for variable in kept if variable.name in filled]
    return clean_inputs(replace(spec, variables=known), filled, objects=ModelResolver(), from_form=from_form)


def _stored(preset: JobPreset, **values: Any) -> JobPreset:
    for name, value in values.items():
        setattr(preset, name, value)
    try:
        with transaction.atomic():
            preset.save()
    except IntegrityError as exc:
        raise InvalidName(TAKEN) from exc
    return preset
