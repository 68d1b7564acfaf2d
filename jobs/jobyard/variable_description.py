"""A variable as a spec: its default checked, its choices counted, its texts capped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobyard import compat
from jobyard.cleaning import CleaningContext, clean_value, is_empty
from jobyard.cleaning.choices import choice_values
from jobyard.errors import InvalidDeclaration, InvalidInput
from jobyard.log_rows import text_of
from jobyard.model_objects import TrustingResolver
from jobyard.plain_data import plain
from jobyard.spec import Json, VariableSpec
from jobyard.variables import ScriptVariable
from jobyard.variables.choices import MAX_CHOICES

MAX_LABEL = 200
_MAX_VALUE = 1000
_OBJECTS = ("ObjectVar", "MultiObjectVar")
_CONTEXT = CleaningContext(objects=TrustingResolver())


def describe_variable(cls: type, name: str, variable: ScriptVariable, warnings: list[str]) -> VariableSpec:
    """
    The spec of *variable*; what looks wrong but does no harm goes into *warnings*.

    Raises:
        InvalidDeclaration: Its options cannot be read; the message names class and variable.
    """
    place = f"{cls.__name__}.{name}"
    try:
        spec = variable.to_spec(name)
    except Exception as exc:
        raise InvalidDeclaration(f"{place} cannot be described: {text_of(exc)[:_MAX_VALUE]}") from exc
    spec = replace(spec, label=spec.label[:MAX_LABEL], query_params=plain(spec.query_params))
    spec = _with_capped_choices(spec, place, warnings)
    warnings.extend(_warnings(spec, variable, place))
    return _with_default(spec, variable, place, warnings)


def _warnings(spec: VariableSpec, variable: ScriptVariable, place: str) -> list[str]:
    found = []
    if getattr(variable, "has_only_queryset", False):
        found.append(f"{place} has a queryset but no model; the model of the query set is used.")
    if spec.kind in _OBJECTS and compat.knows_models_of(spec.model or "") and not _is_known(spec.model):
        found.append(f"{place}: jobyard has no model {spec.model}, so this variable cannot be filled in.")
    return found


def _is_known(model: str | None) -> bool:
    try:
        compat.find_model(model or "")
    except LookupError:
        return False
    return True


def _with_capped_choices(spec: VariableSpec, place: str, warnings: list[str]) -> VariableSpec:
    if spec.choices is None:
        return spec
    values = list(choice_values(spec.choices))
    if any(len(value) > _MAX_VALUE for value in values):
        raise InvalidDeclaration(f"{place} has a choice whose value is longer than {_MAX_VALUE} characters")
    if len(set(values)) != len(values):
        warnings.append(f"{place} has several choices of one value; only the value reaches the job.")
    if len(values) > MAX_CHOICES:
        warnings.append(f"{place} has more than {MAX_CHOICES} choices; only the first ones are offered.")
    return replace(spec, choices=_first_choices(spec.choices))


def _first_choices(choices: list[Json]) -> list[Json]:
    left, kept = MAX_CHOICES, []
    for first, second in choices:
        if isinstance(second, list):
            entry: list[Json] = [first[:MAX_LABEL], [[v, label[:MAX_LABEL]] for v, label in second[:left]]]
            left -= len(second)
        else:
            entry = [first, second[:MAX_LABEL]]
            left -= 1
        kept.append(entry)
        if left <= 0:
            break
    return kept


def _with_default(
    spec: VariableSpec, variable: ScriptVariable, place: str, warnings: list[str]
) -> VariableSpec:
    if not variable.has_default or spec.kind == "FileVar":
        return spec
    try:
        value = plain(variable.default_as_queued())
        cleaned = _cleaned(spec, value)
    except InvalidInput as exc:
        warnings.append(f"The default of {place} is refused" + ("" if spec.secret else f": {exc}"))
        cleaned = value
    except Exception as exc:  # noqa: BLE001  # callables of authors raise anything
        warnings.append(f"The default of {place} cannot be computed: {text_of(exc)[:_MAX_VALUE]}")
        return spec
    return replace(spec, default=None if spec.secret else cleaned, has_default=True)


def _cleaned(spec: VariableSpec, value: Json) -> Any:
    """The queued form; objects stay as they are, because a default may be a filter."""
    if spec.kind in _OBJECTS or is_empty(spec, value):
        return value
    return clean_value(spec, value, _CONTEXT)
