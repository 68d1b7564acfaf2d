"""The data models in a process of tests, set up when the first job file imports one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from jobyard import compat
from jobyard.cleaning import ObjectResolver
from jobyard.testing.objects import provide_resolver
from jobyard_server.isolation.names import MODELS

SETTINGS = "jobyard_server.isolation.child_settings"
NO_DATABASE = "this test asks the database; let it take the fixture `inventory`"


def provide_models() -> None:
    """Say where the models are; costs nothing until one is imported."""
    compat.provide(MODELS, prepare=set_up_models)
    provide_resolver(_resolver)


def _resolver() -> ObjectResolver:
    from jobyard_server.runs.objects import ModelResolver  # noqa: PLC0415  # needs the settings

    return ModelResolver()


def set_up_models() -> None:
    """Start Django as in a run, unless these tests have settings of their own."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django  # noqa: PLC0415  # slow, and most tests of jobs need none

    django.setup()
    _forbid_the_database()


@contextmanager
def database_allowed() -> Iterator[None]:
    """The database may be asked while the block runs."""
    if os.environ["DJANGO_SETTINGS_MODULE"] != SETTINGS:
        yield  # these tests have rules of their own
        return
    from django.db import connection  # noqa: PLC0415  # needs the settings

    del connection.connect
    try:
        yield
    finally:
        connection.close()
        _forbid_the_database()


def _forbid_the_database() -> None:
    """A query finds no server of this machine by chance, nor what another test has left open."""
    from django.db import connection  # noqa: PLC0415  # needs the settings

    connection.connect = _refuse  # type: ignore[method-assign]  # undone by deleting it


def _refuse() -> NoReturn:
    from django.db import OperationalError  # noqa: PLC0415  # needs the settings

    raise OperationalError(NO_DATABASE)
