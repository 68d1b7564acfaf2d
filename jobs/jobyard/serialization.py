"""Between the queued form and the Python form of inputs, with the variables of the class itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from jobyard.cleaning import CleaningContext, FileInput, clean_value, is_empty
from jobyard.declarations import variables_of
from jobyard.errors import InputErrors, InvalidInput
from jobyard.model_objects import ModelObjects, TrustingResolver
from jobyard.spec import Json
from jobyard.variables import ScriptVariable
from jobyard.variables.base import ObjectLoader


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Objects and files of one run."""

    objects: ObjectLoader = field(default_factory=ModelObjects)
    files: Mapping[str, BinaryIO] = field(default_factory=dict)


def python_values(cls: type, queued: Mapping[str, Json], run: Surroundings) -> dict[str, Any]:
    """
    ``data`` for ``run()``: every declared variable, in declaration order, validated once more.

    Raises:
        InputErrors: An object is gone, or the author's own code refuses a value.
    """
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, variable in variables_of(cls).items():
        try:
            values[name] = _python_value(variable, name, _queued_value(variable, name, queued), run)
        except InvalidInput as exc:
            errors[name] = exc.messages
    if errors:
        raise InputErrors(errors)
    return values


def _queued_value(variable: ScriptVariable, name: str, queued: Mapping[str, Json]) -> Json:
    if name in queued:
        return queued[name]
    return variable.default_as_queued() if variable.has_default else None


def _python_value(variable: ScriptVariable, name: str, value: Json, run: Surroundings) -> Any:
    spec = variable.to_spec(name)
    files = {name: FileInput(**value)} if variable.kind == "FileVar" and isinstance(value, dict) else {}
    cleaned = clean_value(spec, value, CleaningContext(objects=TrustingResolver(), files=files))
    if is_empty(spec, cleaned):
        return variable.to_python(cleaned, name, run)
    return variable.run_own_checks(variable.to_python(cleaned, name, run))


def serialize_data(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    variables = variables_of(cls)
    return {name: variables[name].to_queued(value) for name, value in data.items() if name in variables}


def deserialize_data(cls: type, data: Any) -> dict[str, Any]:
    """
    The given keys as Python values; keys that are no variables are skipped.

    Raises:
        TypeError: *data* is no dictionary.
        ValidationError: Django's, where Django is loaded: a required variable is None.
    """
    if not isinstance(data, dict):
        raise TypeError("Data should be a dictionary.")
    run = Surroundings()
    found: dict[str, Any] = {}
    for name, value in data.items():
        variable = variables_of(cls).get(name)
        if variable is None:
            continue
        if value is None and variable.required:
            raise _validation_error(f"{name} is a required field")
        found[name] = variable.to_python(value, name, run)
    return found


def validate_data(cls: type, data: Any) -> None:
    if not isinstance(data, dict):
        raise _validation_error("Job data needs to be a dict")
    unknown = [name for name in data if name not in variables_of(cls)]
    if unknown:
        message = "Job data contained an unknown property"
        raise _validation_error({str(name): [message] for name in unknown})


def _validation_error(problem: str | dict[str, list[str]]) -> Exception:
    """Django's ValidationError if Django is there (authors' tests expect it), else ours."""
    django = sys.modules.get("django.core.exceptions")
    if django is not None:
        error: Exception = django.ValidationError(problem)
        return error
    return InvalidInput(problem) if isinstance(problem, str) else InputErrors(problem)
