"""The one way from what somebody sent to what is queued, for forms, REST and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jobyard.cleaning import CleaningContext, FileInput, ObjectResolver, clean_value
from jobyard.cleaning.choices import echoed
from jobyard.errors import InputErrors, InvalidInput
from jobyard.spec import JobSpec, Json, VariableSpec

__all__ = ["FileInput", "ObjectResolver", "clean_inputs"]

_NO_FILES: Mapping[str, FileInput] = MappingProxyType({})


def clean_inputs(
    spec: JobSpec,
    data: object,
    *,
    objects: ObjectResolver,
    files: Mapping[str, FileInput] = _NO_FILES,
    from_form: bool = False,
    file_max_bytes: int | None = None,
) -> dict[str, Json]:
    """
    Validate *data* against *spec* and return the queued form, in declaration order.

    The default of a secret variable is not part of the spec: when such a key is omitted it stays
    omitted, and the run process fills it in from the job's own code.

    Args:
        spec: Stored description of the job; no job code is touched.
        data: What was sent: an object, or nothing.
        objects: Finds the rows that object variables speak of.
        files: Uploads by variable name.
        from_form: A form sends every field, so defaults are not filled in, and JSON comes as text.
        file_max_bytes: Largest upload accepted; None means any.

    Raises:
        InputErrors: Messages by variable, or a list when *data* is no object.
    """
    values = _as_mapping(data)
    _refuse_unknown(spec, {**values, **files})
    context = CleaningContext(
        objects=objects, files=files, from_form=from_form, file_max_bytes=file_max_bytes
    )
    cleaned: dict[str, Json] = {}
    errors: dict[str, list[str]] = {}
    for variable in spec.variables:
        if _is_left_to_the_job(variable, values, context):
            continue
        try:
            cleaned[variable.name] = clean_value(variable, _value_of(variable, values, context), context)
        except InvalidInput as exc:
            errors[variable.name] = exc.messages
    if errors:
        raise InputErrors(errors)
    return cleaned


def _as_mapping(data: object) -> dict[str, Json]:
    if data is None or (isinstance(data, str) and not data):
        return {}
    if not isinstance(data, dict):
        raise InputErrors(["Job data needs to be a dict"])
    return data


def _refuse_unknown(spec: JobSpec, values: Mapping[str, Json]) -> None:
    known = {variable.name for variable in spec.variables}
    unknown = [key for key in values if key not in known]
    if unknown:
        raise InputErrors({echoed(key): ["Job data contained an unknown property"] for key in unknown})


def _is_left_to_the_job(variable: VariableSpec, values: dict[str, Json], context: CleaningContext) -> bool:
    omitted = variable.name not in values and not context.from_form
    return omitted and variable.secret and variable.has_default


def _value_of(variable: VariableSpec, values: dict[str, Json], context: CleaningContext) -> Json:
    if variable.name in values or context.from_form:
        return values.get(variable.name)
    return variable.default if variable.has_default else None
