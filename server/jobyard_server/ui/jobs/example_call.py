"""A call of a job by programs, ready to be copied."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any, Final

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.ui.links import job_url

_ID: Final = "00000000-0000-0000-0000-000000000000"
_BY_KIND: Final[dict[str, Any]] = {
    "BooleanVar": True,
    "IntegerVar": 1,
    "DecimalVar": "1.5",
    "DateVar": "2030-12-31",
    "DateTimeVar": "2030-12-31T12:00:00Z",
    "IPAddressVar": "192.0.2.1",
    "IPAddressWithMaskVar": "192.0.2.1/24",
    "IPNetworkVar": "192.0.2.0/24",
    "ObjectVar": _ID,
    "MultiObjectVar": [_ID],
    "JSONVar": {},
}


@dataclass(frozen=True, kw_only=True)
class ExampleCall:
    """The same run twice."""

    rest: str
    command: str


def example_of(class_path: str, spec: JobSpec, base: str) -> ExampleCall:
    """
    Args:
        class_path: Of the job.
        spec: Its description.
        base: Where the server is, as ``https://jobs.example.com``.
    """
    data = {item.name: _value(item) for item in spec.ordered_variables if item.kind != "FileVar"}
    body = json.dumps({"data": data, "commit": spec.commit_default}, ensure_ascii=False)
    address = f"{base}/api{job_url(class_path)}run/"
    commit = " --commit" if spec.commit_default and not spec.read_only else ""
    given = f" --data {shlex.quote(json.dumps(data, ensure_ascii=False))}" if data else ""
    return ExampleCall(
        rest=f'curl -X POST {shlex.quote(address)} \\\n  -H "Authorization: Token $TOKEN" '
        f'-H "Content-Type: application/json" \\\n  -d {shlex.quote(body)}',
        command=f"jobyard runjob {shlex.quote(class_path)}{commit}{given}",
    )


def _value(variable: VariableSpec) -> Any:
    if variable.has_default and not variable.secret:
        return variable.default
    if variable.choices:
        value = _first_choice(variable.choices[0])
        return [value] if variable.kind == "MultiChoiceVar" else value
    return _BY_KIND.get(variable.kind, "text")


def _first_choice(choice: list[Any]) -> Any:
    first, second = choice
    return second[0][0] if isinstance(second, list) and second else first
