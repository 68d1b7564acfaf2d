"""The inspection behind `jobyard check`: in a child, because importing job files executes them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jobyard.spec import ModuleReport
from jobyard_server.cli.errors import CommandError

NOWHERE = "/nonexistent"  #: Socket folder: a query at import must fail, not find some server of this machine.


def check_in_child(path: Path) -> list[ModuleReport]:
    """
    Reports on the job files below *path*, made by a child with the data models and no database.

    Raises:
        CommandError: The child ended before it was done.
    """
    reading, writing = os.pipe()
    pid = os.fork()  # safe: a command has one thread
    if pid == 0:
        os._exit(_work(path, writing))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        text = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code or not text:
        raise CommandError(
            f"The inspection ended early with status {code}: a job file ends or crashes the process while it"
            " is imported; move files out of the folder to find out which."
        )
    return [ModuleReport.from_json(report) for report in json.loads(text)]


def _work(path: Path, writing: int) -> int:
    os.dup2(2, 1)  # what job files print is not the report
    _set_up_models()
    from jobyard.check import check_path

    reports = [report.to_json() for report in check_path(path)]
    with os.fdopen(writing, "w", encoding="utf-8") as answer:
        json.dump(reports, answer)
    return 0


def _set_up_models() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "jobyard_server.isolation.child_settings"
    import django

    django.setup()
    from django.db import connection

    from jobyard_server.isolation.names import provide_models

    connection.settings_dict["HOST"] = NOWHERE
    provide_models()
