"""Data files beside a job: YAML and JSON, never from outside the snapshot."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jobyard.namespaces import origin_of


def load_yaml_for(cls: type, filename: str) -> Any:
    import yaml  # noqa: PLC0415  # slow to import, and few jobs read YAML

    return yaml.safe_load(_read(cls, filename))


def load_json_for(cls: type, filename: str) -> Any:
    return json.loads(_read(cls, filename))


def file_of(cls: type) -> Path | None:
    """The file that defines *cls*."""
    module = sys.modules.get(cls.__module__)
    name = getattr(module, "__file__", None)
    return None if name is None else Path(name)


def path_in_source(cls: type) -> str:
    """The defining file, relative to the root of its source."""
    path, root = file_of(cls), origin_of(cls.__module__).root
    if path is None:
        return ""
    if root is not None and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return path.name


def _read(cls: type, filename: str) -> str:
    path = file_of(cls)
    root = origin_of(cls.__module__).root or (path.parent if path else Path.cwd())
    folders = [path.parent, root] if path else [root]
    for folder in folders:
        candidate = (folder / filename).resolve()
        if not candidate.is_relative_to(root.resolve()):
            raise PermissionError(f"Refusing to read {filename}: outside the job source")
        if candidate.is_file():
            return candidate.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{filename} is neither beside the job nor in the root of its source")
