"""
Ask throw-away children what is in modules. A module that hangs, exits or floods fails itself only.

A child takes modules in order; when one of them ends it, a fresh child goes on with the next.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import OperationalError

from jobyard.discovery import ModuleFile
from jobyard.spec import ModuleReport
from jobyard_server.isolation.containment import containment
from jobyard_server.isolation.frames import Frame
from jobyard_server.worker.login import child_login
from jobyard_server.worker.scratch import passing_scratch
from jobyard_sync.errors import InspectionUnavailable
from jobyard_sync.inspection_child import InspectionChild
from jobyard_sync.inspection_limits import InspectionLimits
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.observations import Observations

__all__ = ["inspect_plugins", "inspect_snapshot"]

_MAX_FALSE_STARTS = 3  #: Children in a row that end without a word on any module.
_MODULES_FOR_A_CHILD = 50  #: Fewer are not worth a second child.
_MAX_CHILDREN = 4

_MakeTask = Callable[[Sequence[ModuleFile]], Frame]

logger = logging.getLogger(__name__)


def inspect_snapshot(
    zygote: InspectionZygote,
    *,
    root: Path,
    job_path: str,
    source: str,
    digest: str,
    modules: Sequence[ModuleFile],
    observations: Observations | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[ModuleReport]:
    """
    A report on each of *modules*, in order: its jobs, or the error that kept them from being read.

    Args:
        zygote: Where the children come from.
        root: The snapshot.
        job_path: Folder of the modules below it.
        source: Key of the source; part of the private names of its modules.
        digest: Of the snapshot.
        modules: What ``find_modules`` found there.
        observations: Gets what their code did besides importing.
        should_stop: Asked several times a second.

    Raises:
        InspectionUnavailable: Nothing can be inspected now, whatever the modules are.
        Stopped: *should_stop* said so.
    """
    place: Frame = {"root": str(root), "job_path": job_path, "source": source, "digest": digest}

    def task(waiting: Sequence[ModuleFile]) -> Frame:
        return {**place, "modules": [{"name": item.name, "path": item.path} for item in waiting]}

    return _inspect(zygote, modules, task, observations or Observations(), should_stop)


def inspect_plugins(
    zygote: InspectionZygote,
    module_names: Sequence[str],
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[ModuleReport]:
    """A report on the jobs module of each plugin, as :func:`inspect_snapshot` gives them."""

    def task(waiting: Sequence[ModuleFile]) -> Frame:
        return {"plugins": [item.name for item in waiting]}

    modules = [ModuleFile(name, "") for name in module_names]
    return _inspect(zygote, modules, task, Observations(), should_stop)


def _login() -> dict[str, Any]:
    try:
        return child_login("inspect").login
    except OperationalError as exc:
        raise InspectionUnavailable(f"The database lets no inspection in now: {exc}.") from exc


def _inspect(
    zygote: InspectionZygote,
    modules: Sequence[ModuleFile],
    task: _MakeTask,
    observations: Observations,
    should_stop: Callable[[], bool],
) -> list[ModuleReport]:
    if not modules:
        return []
    limits = InspectionLimits.from_settings()
    common: Frame = {
        "task": "inspect",
        "database": _login(),
        "containment": containment(memory_bytes=limits.memory_bytes),
    }

    def inspect_part(part: Sequence[ModuleFile]) -> list[ModuleReport]:
        reports: list[ModuleReport] = []
        false_starts = 0
        while len(reports) < len(part):
            waiting = part[len(reports) :]
            try:
                with passing_scratch("inspection") as scratch:
                    made = {**common, **task(waiting), "scratch": str(scratch)}
                    child = InspectionChild(
                        zygote,
                        made,
                        waiting,
                        limits,
                        observations=observations,
                        should_stop=should_stop,
                    )
                    reports.extend(child.reports())
            except InspectionUnavailable as exc:
                false_starts = 0 if len(part) - len(reports) < len(waiting) else false_starts + 1
                if false_starts == _MAX_FALSE_STARTS:
                    raise
                logger.warning("inspection process lost", extra={"action": "inspect", "error": str(exc)})
        return reports

    return _in_parts(modules, inspect_part)


def _in_parts(
    modules: Sequence[ModuleFile], inspect_part: Callable[[Sequence[ModuleFile]], list[ModuleReport]]
) -> list[ModuleReport]:
    """Many modules are shared out among a few children, as long as there are processors for them."""
    count = max(1, min(len(modules) // _MODULES_FOR_A_CHILD, os.cpu_count() or 1, _MAX_CHILDREN))
    if count == 1:
        return inspect_part(modules)
    size = -(-len(modules) // count)
    parts = [modules[start : start + size] for start in range(0, len(modules), size)]
    with ThreadPoolExecutor(count, thread_name_prefix="sync-inspection") as pool:
        return [report for reports in pool.map(inspect_part, parts) for report in reports]
