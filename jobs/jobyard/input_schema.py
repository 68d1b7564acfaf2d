"""
The inputs of a job as JSON Schema (draft 2020-12), for OpenAPI, editors and clients.

Made from the spec alone. It describes what a client should send; ``clean_inputs`` accepts a little more
(numbers as text, words for flags) and has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobyard.spec import JobSpec, Json, VariableSpec

__all__ = ["input_schema"]

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def input_schema(spec: JobSpec) -> Schema:
    """An object schema for ``data``: properties in form order, with labels, help texts and defaults."""
    required = [item.name for item in spec.variables if _is_required(item)]
    return {
        "$schema": _DRAFT,
        "title": spec.name,
        "type": "object",
        "properties": {item.name: variable_schema(item) for item in spec.ordered_variables},
        "additionalProperties": False,
        **({"description": spec.description} if spec.description else {}),
        **({"required": required} if required else {}),
    }


def variable_schema(variable: VariableSpec) -> Schema:
    """What one variable accepts; an optional one also accepts null."""
    schema = _SCHEMAS[variable.kind](variable)
    if not variable.required and schema:
        schema = {"anyOf": [schema, {"type": "null"}]}
    schema["title"] = variable.label
    if variable.description:
        schema["description"] = variable.description
    if variable.has_default and not variable.secret:
        schema["default"] = variable.default
    if variable.secret:
        schema["writeOnly"] = True
    return schema


def _is_required(variable: VariableSpec) -> bool:
    return variable.required and not variable.has_default and variable.kind != "BooleanVar"


def _text(variable: VariableSpec) -> Schema:
    return {
        "type": "string",
        **_given(minLength=variable.min_length, maxLength=variable.max_length, pattern=variable.regex),
    }


def _integer(variable: VariableSpec) -> Schema:
    return {"type": "integer", **_limits(variable)}


def _decimal(variable: VariableSpec) -> Schema:
    return {"anyOf": [{"type": "number", **_limits(variable)}, {"type": "string", "format": "decimal"}]}


def _limits(variable: VariableSpec) -> Schema:
    return _given(minimum=_number(variable.min_value), maximum=_number(variable.max_value))


def _number(limit: int | str | None) -> int | float | None:
    return float(limit) if isinstance(limit, str) else limit


def _choice(variable: VariableSpec) -> Schema:
    return {"oneOf": [{"const": value, "title": label} for value, label in _pairs(variable.choices or [])]}


def _pairs(choices: list[Json]) -> list[tuple[str, str]]:
    """Value and label of each choice, once for each value; groups are a matter of forms."""
    found: dict[str, str] = {}
    for first, second in choices:
        if isinstance(second, list):
            entries = [(value, f"{first}: {label}") for value, label in second]
        else:
            entries = [(first, second)]
        for value, label in entries:
            found.setdefault(value, label)
    return list(found.items())


def _object(variable: VariableSpec) -> Schema:
    key = {"type": "string", "description": f"Primary key of a {variable.model}"}
    fields = {"type": "object", "description": f"Fields that one {variable.model} alone has"}
    return {"anyOf": [key, fields], "x-jobyard-model": variable.model}


def _list_of(item: Callable[[VariableSpec], Schema]) -> Callable[[VariableSpec], Schema]:
    def schema(variable: VariableSpec) -> Schema:
        return {"type": "array", "items": item(variable), **({"minItems": 1} if variable.required else {})}

    return schema


def _address(_variable: VariableSpec) -> Schema:
    return {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}


def _address_with_mask(_variable: VariableSpec) -> Schema:
    return {"type": "string", "pattern": "^[^/]+/[^/]+$"}


def _constant(**schema: Any) -> Callable[[VariableSpec], Schema]:
    return lambda _variable: dict(schema)


def _given(**values: Any) -> Schema:
    return {name: value for name, value in values.items() if value is not None}


_SCHEMAS: dict[str, Callable[[VariableSpec], Schema]] = {
    "StringVar": _text,
    "TextVar": _text,
    "IntegerVar": _integer,
    "DecimalVar": _decimal,
    "BooleanVar": _constant(type="boolean"),
    "ChoiceVar": _choice,
    "MultiChoiceVar": _list_of(_choice),
    "ObjectVar": _object,
    "MultiObjectVar": _list_of(_object),
    "FileVar": _constant(type="string", format="binary"),  # a part of multipart/form-data
    "IPAddressVar": _address,
    "IPAddressWithMaskVar": _address_with_mask,
    "IPNetworkVar": _address_with_mask,
    "JSONVar": _constant(),
    "DateVar": _constant(type="string", format="date"),
    "DateTimeVar": _constant(type="string", format="date-time"),
}
