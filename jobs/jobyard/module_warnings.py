"""Sentences for the author about a module as a whole."""

from __future__ import annotations

from types import ModuleType

from jobyard._imports import is_library
from jobyard.discovery import ModuleFile
from jobyard.job_classes import jobs_in
from jobyard.script_order import script_order_warnings


def module_warnings(loaded: ModuleType, module: ModuleFile) -> list[str]:
    """What may surprise the author of *module*, although it loads."""
    warnings = []
    name = getattr(loaded, "name", "")
    if not isinstance(name, str):
        warnings.append(f"The module's name is ignored: it is {type(name).__name__}, not text.")
    if module.name.isidentifier() and is_library(module.name):
        warnings.append(
            f"Elsewhere, import {module.name} means the library of that name; other files reach this module "
            f"with: from . import {module.name}"
        )
    return warnings + script_order_warnings(loaded) + _same_names(loaded)


def _same_names(loaded: ModuleType) -> list[str]:
    classes = jobs_in(loaded)
    known = {id(cls) for cls in classes}
    return [
        f"A second class called {value.__name__} cannot be told from the first one and is not listed."
        for value in vars(loaded).values()
        if isinstance(value, type) and id(value) not in known and _is_hidden_by(value, classes)
    ]


def _is_hidden_by(value: type, classes: list[type]) -> bool:
    place = (value.__module__, value.__name__)
    return any(place == (cls.__module__, cls.__name__) for cls in classes)
