"""A PostgreSQL with the tables of the inventory, for one session of tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from jobyard_server.testing.models import SETTINGS, database_allowed, set_up_models


@contextmanager
def running_inventory() -> Iterator[None]:
    """
    The tables exist while the block runs, with the statuses of a new installation.

    They are in an embedded server of their own, or in the empty database that
    ``JOBYARD_TEST_DATABASE_URL`` names.
    """
    with ExitStack() as stack:
        set_up_models()
        from django.db import connections  # noqa: PLC0415  # needs the settings

        url = os.environ.get("JOBYARD_TEST_DATABASE_URL") or stack.enter_context(_own_server())
        stack.callback(connections.close_all)
        _fill(url)
        yield


@contextmanager
def _own_server() -> Iterator[str]:
    """The address of a server that is gone afterwards."""
    from jobyard_server.database.embedded import EmbeddedPostgres  # noqa: PLC0415  # only where one is started

    with TemporaryDirectory(prefix="jobyard-inventory-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the account of the server must get through when tests run as root
        server = EmbeddedPostgres(Path(folder))
        try:
            yield server.start()
        finally:
            server.stop()


@contextmanager
def reverted_afterwards() -> Iterator[None]:
    """What a test changes is gone at its end."""
    from django.db import transaction  # noqa: PLC0415  # needs the settings

    with database_allowed(), transaction.atomic():
        yield
        transaction.set_rollback(True)  # its own signature


def _fill(url: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415  # needs the settings
    from django.db import connection  # noqa: PLC0415

    from jobyard_server.database.address import settings_from_url  # noqa: PLC0415

    with database_allowed():
        if os.environ["DJANGO_SETTINGS_MODULE"] == SETTINGS:
            connection.settings_dict.update(settings_from_url(url))
        call_command("migrate", verbosity=0, interactive=False)
