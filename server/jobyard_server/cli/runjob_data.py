"""What `jobyard runjob` takes from its arguments before it needs the database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jobyard_server.cli.errors import WrongUsageError

SEGMENTS, ALIAS_SEGMENTS = 3, 4


def check_form(class_path: str) -> None:
    """
    Refuse what cannot be a class path; whether there is such a job is the registry's word.

    Raises:
        WrongUsageError: It has another number of parts, or empty ones.
    """
    parts = class_path.split("/")
    is_alias = len(parts) == ALIAS_SEGMENTS and parts[0] == "git"
    if not all(parts) or not (is_alias or len(parts) == SEGMENTS):
        raise WrongUsageError('Job must be specified in the form "grouping_name/module_name/JobClassName"')


def read_data(text: str) -> Any:  # Any: whatever JSON holds; the inputs are validated by submit
    """
    The inputs: JSON as given, of a file (``@FILE``) or of standard input (``@-``); None when not given.

    Raises:
        WrongUsageError: The file cannot be read, or it is not JSON.
    """
    if not text:
        return None
    source = _contents(text.removeprefix("@")) if text.startswith("@") else text
    try:
        return json.loads(source)
    except ValueError as exc:
        raise WrongUsageError(f"Invalid JSON data:\n{exc}") from exc
    except RecursionError as exc:
        raise WrongUsageError("Invalid JSON data:\nIt is nested too deeply.") from exc


def _contents(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise WrongUsageError(f"The data file {name} cannot be read ({exc}).") from exc


def parse_files(arguments: list[str]) -> dict[str, Path]:
    """
    ``VAR=PATH`` arguments by variable.

    Raises:
        WrongUsageError: One has another form or names no readable file.
    """
    files: dict[str, Path] = {}
    for argument in arguments:
        name, separator, path = argument.partition("=")
        if not (name and separator and Path(path).is_file()):
            raise WrongUsageError(f"--file {argument}: use VAR=PATH with the path of an existing file.")
        files[name] = Path(path)
    return files
