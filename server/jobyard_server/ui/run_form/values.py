"""
What the controls of a run form show at first, and what a browser sent of them.

Both sides use the same plain values by variable name, so a refused form shows exactly what was sent. Times
are shown and read by the clock that the form names, which is the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from django.http import QueryDict

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.ui import moments
from jobyard_server.ui.run_form.fields import Value

TICKED: Final = {"on", "true", "1", "yes"}
SEVERAL: Final = {"MultiChoiceVar", "MultiObjectVar"}
ZONE: Final = "_zone"  #: Hidden field: whose clock the form was shown by.


def initial_values(spec: JobSpec, query: QueryDict, earlier: Mapping[str, Any] | None) -> dict[str, Value]:
    """
    The first values: from the address, else from an *earlier* run, else the defaults.

    A secret is never filled in: it would be in the page for everybody who looks over a shoulder.
    """
    values: dict[str, Value] = {}
    for variable in spec.variables:
        if variable.secret or variable.kind == "FileVar":
            continue
        if variable.name in query:
            values[variable.name] = _as_typed(variable, query)
        elif earlier is not None and variable.name in earlier:
            values[variable.name] = _as_shown(variable, earlier[variable.name])
        elif variable.has_default:
            values[variable.name] = _as_shown(variable, variable.default)
    return values


def submitted_values(spec: JobSpec, sent: QueryDict) -> dict[str, Value]:
    """The values of all variables but files as *sent*: an unticked box is False, a missing text is empty."""
    return {
        variable.name: _from_form(variable, sent) for variable in spec.variables if variable.kind != "FileVar"
    }


def shown_again(spec: JobSpec, sent: QueryDict) -> dict[str, Value]:
    """What was *sent*, as the controls show it."""
    return {
        variable.name: _as_typed(variable, sent) for variable in spec.variables if variable.kind != "FileVar"
    }


def _as_typed(variable: VariableSpec, sent: QueryDict) -> Value:
    value = _from_form(variable, sent)
    return moments.for_entry(str(value)) if variable.kind == "DateTimeVar" else value


def _zone_of(sent: QueryDict) -> tzinfo:
    """The clock that the times in *sent* follow, even if the reader's was not known yet on the page."""
    return moments.known_zone(sent.get(ZONE, "")) or moments.zone_of_reader()


def _from_form(variable: VariableSpec, sent: QueryDict) -> Value:
    if variable.kind in SEVERAL:
        return sent.getlist(variable.name)
    if variable.kind == "BooleanVar":
        return is_ticked(sent, variable.name)
    if variable.kind == "DateTimeVar":
        return moments.entered(sent.get(variable.name, ""), _zone_of(sent))
    return sent.get(variable.name, "")


def is_ticked(sent: QueryDict, name: str) -> bool:
    return sent.get(name, "").strip().lower() in TICKED


def _as_shown(variable: VariableSpec, value: Any) -> Value:
    """A value in queued form, or a default, as its control shows it."""
    if variable.kind == "BooleanVar":
        return bool(value)
    if variable.kind in SEVERAL:
        return [str(item) for item in value] if isinstance(value, list | tuple) else _listed(value)
    if value is None:
        return ""
    if variable.kind == "JSONVar":
        return json.dumps(value, ensure_ascii=False, indent=2)
    if variable.kind == "DateTimeVar":
        return moments.for_entry(str(value))
    return str(value)


def _listed(value: Any) -> list[str]:
    return [] if value is None or value == "" else [str(value)]
