"""What the body of a run request asks for, as JSON or as multipart form; nothing is checked here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework.request import Request

from jobyard.spec import JobSpec, VariableSpec

YES, NO = ("true", "1", "on", "yes"), ("false", "0", "off", "no")
OURS = frozenset({"_commit", "_task_queue", "_profile", "csrfmiddlewaretoken"})  #: Form fields, not inputs.
SCHEDULE = "_schedule_"  #: First part of the form fields of a schedule.
SCHEDULE_FIELDS = ("name", "start_time", "interval", "crontab", "time_zone")
LISTS = ("MultiChoiceVar", "MultiObjectVar")


@dataclass(frozen=True, kw_only=True)
class RunBody:
    """A run request as it was sent."""

    data: Any = None
    commit: Any = None
    task_queue: Any = ""
    schedule: Any = None  #: As in JSON; from a form put together from its fields.
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    is_form: bool = False
    error: Any = None  #: Answer to a body that cannot be read as a run request at all.

    def named(self, name: str, messages: Any) -> dict[str, Any]:
        """*messages* under the name that the caller used for ``commit`` or ``task_queue``."""
        return {f"_{name}" if self.is_form else name: messages}

    def schedule_errors(self, errors: Mapping[str, list[str]]) -> dict[str, Any]:
        if self.is_form:
            return {f"{SCHEDULE}{name}": messages for name, messages in errors.items()}
        return {"schedule": dict(errors)}


def read_body(request: Request, spec: JobSpec) -> RunBody:
    """The body of *request*; unknown keys of a JSON object are ignored."""
    body = request.data
    if isinstance(body, QueryDict):
        return _read_form(request.POST, request.FILES, spec)
    if not isinstance(body, dict):
        kind = type(body).__name__
        return RunBody(error={"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]})
    return RunBody(
        data=body.get("data"),
        commit=body.get("commit"),
        task_queue=body.get("task_queue"),
        schedule=body.get("schedule"),
    )


def _read_form(sent: QueryDict, files: Mapping[str, UploadedFile], spec: JobSpec) -> RunBody:
    variables = {variable.name: variable for variable in spec.variables}
    inputs = [name for name in sent if name not in OURS and not name.startswith(SCHEDULE)]
    return RunBody(
        data={name: _value(sent.getlist(name), variables.get(name)) for name in inputs},
        commit=_flag(sent.get("_commit")),
        task_queue=sent.get("_task_queue"),
        schedule=_schedule(sent),
        files={name: files[name] for name in files},
        is_form=True,
        error=_misplaced_files(files, variables),
    )


def _value(sent: list[str], variable: VariableSpec | None) -> Any:
    kind = variable.kind if variable else ""
    if kind in LISTS:
        return [text for text in sent if text]
    if len(sent) > 1:
        return sent
    return _parsed(sent[0]) if kind == "JSONVar" and sent[0] else sent[0]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return math.nan  # no JSON value, so it is refused as such together with all other inputs


def _flag(text: str | None) -> Any:
    """A word that means yes or no; anything else stays as it is and is refused later."""
    if not text:
        return None
    word = text.strip().lower()
    return word in YES if word in YES + NO else text


def _schedule(sent: QueryDict) -> dict[str, str] | None:
    fields = {name.removeprefix(SCHEDULE): sent[name] for name in sent if name.startswith(SCHEDULE)}
    return {name: str(value) for name, value in fields.items()} if fields.get("interval") else None


def _misplaced_files(files: Mapping[str, UploadedFile], variables: dict[str, VariableSpec]) -> Any:
    misplaced = [name for name in files if name in variables and variables[name].kind != "FileVar"]
    return {"errors": {name: ["This input is not a file."] for name in misplaced}} if misplaced else None
