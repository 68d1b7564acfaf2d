"""The published JSON Schema (draft 2020-12) of specs and reports, made from the dataclasses themselves."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from jobyard.spec import SPEC_VERSION, JobSpec, LoadError, ModuleReport, VariableSpec

__all__ = ["job_spec_schema", "module_report_schema"]

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SCALARS = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}
_PARTS = (JobSpec, VariableSpec, LoadError)


def job_spec_schema() -> Schema:
    """Schema of one stored spec; its version is part of the name."""
    return {"$id": f"urn:jobyard:job-spec:{SPEC_VERSION}", **_document(JobSpec)}


def module_report_schema() -> Schema:
    """Schema of what inspection and ``jobyard check --format json`` say of one module."""
    return {"$id": f"urn:jobyard:module-report:{SPEC_VERSION}", **_document(ModuleReport)}


def _document(root: type) -> Schema:
    parts = {cls.__name__: _object_schema(cls) for cls in _PARTS if cls is not root}
    return {"$schema": _DRAFT, **_object_schema(root), "$defs": parts}


def _object_schema(cls: Any) -> Schema:
    hints = get_type_hints(cls)
    return {
        "type": "object",
        "description": " ".join(str(cls.__doc__).split()),
        "properties": {item.name: _schema_of(hints[item.name]) for item in fields(cls)},
        "required": [item.name for item in fields(cls) if _has_no_default(item)],
        # Newer versions add keys; whoever reads must skip what it does not know.
        "additionalProperties": True,
    }


def _has_no_default(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _schema_of(hint: Any) -> Schema:
    if hint is Any:
        return {}
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if is_dataclass(hint):
        return {"$ref": f"#/$defs/{getattr(hint, '__name__', '')}"}
    arguments = get_args(hint)
    if get_origin(hint) is UnionType:
        return {"anyOf": [_schema_of(part) for part in arguments]}
    if get_origin(hint) is list:
        return {"type": "array", "items": _schema_of(arguments[0])}
    return {"type": "object", "additionalProperties": _schema_of(arguments[1])}
