"""Which classes of a loaded module are jobs, and how to find one of them again for a run."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from jobyard.declarations import is_base_class
from jobyard.errors import InitializationError
from jobyard.job import BaseJob, Job
from jobyard.loader import Loader

__all__ = ["find_job_class", "jobs_in", "listed_jobs"]


def jobs_in(module: ModuleType) -> list[type[BaseJob]]:
    """
    The jobs of a module, by class name.

    A class counts where it is defined: in the module itself or, for a package, in one of its submodules.
    Two classes of one name and one defining module cannot be told apart; the first one counts.
    """
    own, below = module.__name__, f"{module.__name__}."
    found = [cls for cls in _job_classes(vars(module).values()) if f"{cls.__module__}.".startswith(below)]
    return _by_name(found, own)


def listed_jobs(module: ModuleType) -> list[type[BaseJob]]:
    """
    The jobs of a plugin: those in the list ``jobs`` of its module.

    Raises:
        InitializationError: The module has no such list.
    """
    listed = getattr(module, "jobs", None)
    if not isinstance(listed, list | tuple):
        raise InitializationError(f"{module.__name__} has no list named jobs; put its job classes into one")
    return _by_name(_job_classes(listed), module.__name__)


def find_job_class(loader: Loader, class_path: str) -> type[BaseJob]:
    """
    The class of a class path (``local/devices/CreateDevices``), loaded for a run.

    Raises:
        InitializationError: The module has no such job.
        BaseException: Whatever the module raises while it is imported.
    """
    _, module_name, class_name = class_path.split("/")
    module = _load(loader, module_name, class_path)
    # A class that only the package knows by name is found there.
    for place in (module, _load(loader, module_name.partition(".")[0], class_path)):
        for cls in _job_classes(vars(place).values()):
            if cls.__name__ == class_name and cls.__module__ == module.__name__:
                return cls
    raise _not_found(class_path)


def _load(loader: Loader, module_name: str, class_path: str) -> ModuleType:
    try:
        return loader.load(module_name)
    except ModuleNotFoundError as exc:
        if exc.name is not None and f"{exc.name}.".endswith(f".{module_name}."):
            raise _not_found(class_path) from None
        raise


def _not_found(class_path: str) -> InitializationError:
    return InitializationError(f'Unable to locate job "{class_path}" to run it!')


def _job_classes(values: Iterable[Any]) -> list[type[BaseJob]]:
    return [
        value
        for value in list(values)
        if isinstance(value, type) and issubclass(value, Job) and not is_base_class(value)
    ]


def _by_name(classes: list[type[BaseJob]], home: str) -> list[type[BaseJob]]:
    """Sorted and without doubles; classes of *home* itself come before those of its submodules."""
    unique: dict[tuple[str, bool, str], type[BaseJob]] = {}
    for cls in classes:
        unique.setdefault((cls.__name__, cls.__module__ != home, cls.__module__), cls)
    return [unique[key] for key in sorted(unique)]
