"""The inspection behind `jobyard check`: in a child, because importing job files executes them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from jobyard.spec import ModuleReport
from jobyard_server.cli.errors import CommandError

NO_DATABASE = (
    "asks the database while it is imported, and `jobyard check` has none; a server answers such questions, "
    "read-only, each time it reads the file (--with-database answers them from an empty inventory)"
)
READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What shall be inspected."""

    path: Path
    job_paths: list[str] = field(default_factory=list)  #: Below *path*; empty: jobs, or *path* itself.
    with_database: bool = False


def check_in_child(order: Order) -> list[ModuleReport]:
    """
    Reports on the job files, made by a child with the data models.

    Raises:
        CommandError: The child ended before it was done.
    """
    reading, writing = os.pipe()
    pid = os.fork()  # safe: a command has one thread
    if pid == 0:
        os._exit(_work(order, writing))
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


def _work(order: Order, writing: int) -> int:
    os.dup2(2, 1)  # what job files print is not the report
    with _empty_inventory() if order.with_database else _no_database():
        from jobyard.check import check_path

        reports = [report.to_json() for report in check_path(order.path, order.job_paths)]
    with os.fdopen(writing, "w", encoding="utf-8") as answer:
        json.dump(reports, answer)
    return 0


@contextmanager
def _no_database() -> Iterator[None]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "jobyard_server.isolation.child_settings"
    import django

    django.setup()
    from django.db import connection

    from jobyard_server.isolation.names import provide_models

    connection.connect = _refuse  # type: ignore[method-assign]  # or it finds some server of this machine
    provide_models()
    yield


@contextmanager
def _empty_inventory() -> Iterator[None]:
    """A database of its own, which can only be read, as in an inspection."""
    from jobyard_server.testing.inventory import running_inventory
    from jobyard_server.testing.models import database_allowed, provide_models

    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    provide_models()
    with running_inventory(), database_allowed():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(READ_ONLY)
        yield


def _refuse() -> NoReturn:
    from django.db import OperationalError

    raise OperationalError(NO_DATABASE)
