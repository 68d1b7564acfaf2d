"""The task of an inspection child: import modules, describe their jobs, end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connection

from jobyard.discovery import ModuleFile
from jobyard.inspection import describe_module, describe_plugin
from jobyard.loader import SourceLoader
from jobyard.spec import ModuleReport
from jobyard_server.isolation.child_database import check_connection, use_database
from jobyard_server.isolation.confine import confine, settle
from jobyard_server.isolation.frames import Frame, FrameSocket
from jobyard_server.isolation.import_watch import ImportWatch

#: Name of a module; its report, or None when it is begun; what was observed meanwhile.
_Step = tuple[str, ModuleReport | None, dict[str, Any]]


class InspectionStopped(BaseException):  # must pass through ``except Exception`` of authors
    """The owner has lost its patience; whoever catches this reports the line that was reached."""


def inspect(task: Frame, frames: FrameSocket) -> None:
    """
    Report on each module in order.

    Says which module is begun, so that the owner knows whose import ended this process. What is reported
    carries the nonce of the task: author code may write to this channel, but does not know it.
    """
    scratch = Path(task["scratch"])
    settle(scratch)
    if connection.connection is not None:
        check_connection()  # it waited for its task with one
    elif task.get("database"):
        use_database(task["database"], read_only=True)
    confine(task["containment"], root=Path(task["root"]) if "root" in task else None, scratch=scratch)
    signal.signal(signal.SIGALRM, _stop)
    nonce = task["nonce"]
    for name, report, observed in _reports(task):
        if report is None:
            frames.send({"module": name, "started": True, "nonce": nonce})
        else:
            frames.send({"report": report.to_json(), "observed": observed, "nonce": nonce})
    frames.send({"done": True, "nonce": nonce})


def _stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a second one ends the process
    raise InspectionStopped("stopped while it was imported")


def _reports(task: Frame) -> Iterator[_Step]:
    for name in task.get("plugins", ()):
        yield name, None, {}
        yield name, describe_plugin(name), {}
    if task.get("modules"):
        yield from _reports_of_source(task)


def _reports_of_source(task: Frame) -> Iterator[_Step]:
    loader = SourceLoader(
        root=Path(task["root"]), job_path=task["job_path"], source=task["source"], digest=task["digest"]
    )
    watch = ImportWatch(loader.root, loader.namespace.package)
    with loader:
        watch.start()
        for module in task["modules"]:
            yield module["name"], None, {}
            watch.begin(module["path"])
            report = describe_module(loader, ModuleFile(module["name"], module["path"]))
            yield module["name"], report, watch.take()
