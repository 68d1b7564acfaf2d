"""
Import names of the ecosystems, and what they mean here. Seen by job code only.

``nautobot.extras.jobs`` and its like need no package of that name. Names of data models belong to the
host: it says with ``provide`` where they live.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

_OWN = {
    "nautobot.extras.jobs": "jobyard.compat.extras_jobs",
    "extras.jobs": "jobyard.compat.extras_jobs",
    "nautobot.apps.jobs": "jobyard.compat.apps_jobs",
    "nautobot.extras.scripts": "jobyard.compat.nautobot_scripts",
    "nautobot.extras.reports": "jobyard.compat.nautobot_reports",
    "extras.scripts": "jobyard.compat.extras_scripts",
    "extras.reports": "jobyard.compat.extras_reports",
    "nautobot.extras.choices": "jobyard.compat.extras_choices",
    "extras.choices": "jobyard.compat.extras_choices",
    "nautobot.utilities.exceptions": "jobyard.compat.exceptions",
    "nautobot.core.exceptions": "jobyard.compat.exceptions",
    "utilities.exceptions": "jobyard.compat.exceptions",
    "nautobot.extras.registry": "jobyard.compat.datasources",
    "nautobot.apps.datasources": "jobyard.compat.datasources",
    "nautobot.extras.plugins": "jobyard.compat.plugins",
    "nautobot.apps": "jobyard.compat.apps",
    "nautobot.core.celery": "jobyard.compat.apps_jobs",
    "netbox.settings": "jobyard.compat.netbox_settings",
    "netbox.configuration": "jobyard.compat.netbox_configuration",
}
_ECOSYSTEMS = frozenset(
    [
        "nautobot",
        "netbox",
        "circuits",
        "core",
        "dcim",
        "extras",
        "ipam",
        "tenancy",
        "users",
        "utilities",
        "virtualization",
        "wireless",
    ]
)
_PREFIXES = ("nautobot.", "")  #: Spellings under which the host's names are known.

_provided: dict[str, str] = {}
_packages: dict[str, ModuleType] = {}
_preparations: list[Callable[[], None]] = []  # at most one, gone once it was called


def provide(modules: dict[str, str], *, prepare: Callable[[], None] | None = None) -> None:
    """
    Say where the host keeps modules that job code imports.

    Args:
        prepare: Called before the first of them is imported.
        modules: Name without ``nautobot.`` (``dcim.models``) to name of the real module. A key that
            starts with ``nautobot.`` or ``netbox.`` is taken as it is.
    """
    for name, target in modules.items():
        if name.startswith(("nautobot.", "netbox.")):
            _provided[name] = target
        else:
            _provided.update({prefix + name: target for prefix in _PREFIXES})
    _packages.clear()
    _preparations[:] = [prepare] if prepare else []


def target_of(name: str) -> str | None:
    """The real module behind *name*, also for parts of a models package (``dcim.models.devices``)."""
    if name in _provided:
        return _provided[name]
    if name in _OWN:
        return _OWN[name]
    head, found, _ = name.partition(".models.")
    return _provided.get(f"{head}.models") if found else None


def is_provided(name: str) -> bool:
    return target_of(name) is not None


def is_package(name: str) -> bool:
    """Tell whether some known name lies below *name*."""
    start = name + "."
    return any(item.startswith(start) for names in (_provided, _OWN) for item in names)


def module(name: str) -> ModuleType:
    """
    The module that job code gets for *name*.

    Raises:
        ModuleNotFoundError: No such name is known.
    """
    target = target_of(name)
    if target is not None:
        return _imported(target)
    if not is_package(name):
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    if name not in _packages:
        _packages[name] = _Package(name)
    return _packages[name]


def knows_models_of(label: str) -> bool:
    """Tell whether the host provides models of the application of ``dcim.site``."""
    return f"{label.partition('.')[0].lower()}.models" in _provided


def name_of_target(target: str) -> str | None:
    """The name under which job code imports the module *target*; the longest one if there are several."""
    names = [name for table in (_provided, _OWN) for name, item in table.items() if item == target]
    return max(names, key=len, default=None)


def package(name: str) -> ModuleType:
    """What ``import nautobot.dcim.models`` binds: the first package of *name*, with all of it loaded."""
    module(name)
    return module(name.partition(".")[0])


def is_ecosystem(top: str) -> bool:
    """Tell whether *top* is a package of the platforms whose job files we run, provided here or not."""
    return top in _ECOSYSTEMS or any(name.partition(".")[0] == top for name in (*_provided, *_OWN))


def find_model(label: str) -> Any:
    """
    The model class of ``dcim.site``.

    Raises:
        LookupError: The host provides no such model.
    """
    app, _, model_name = label.lower().partition(".")
    target = _provided.get(f"{app}.models")
    models = vars(_imported(target)) if target else {}
    for value in models.values():
        meta = getattr(value, "_meta", None)
        if isinstance(value, type) and getattr(meta, "label_lower", None) == f"{app}.{model_name}":
            return value
    raise LookupError(f"No model is known as {label}")


def _imported(target: str) -> ModuleType:
    while _preparations and target in _provided.values():
        _preparations.pop()()
    return importlib.import_module(target)


class _Package(ModuleType):
    """A package that exists only as a way to the modules below it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        if is_provided(full) or is_package(full):
            return module(full)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
