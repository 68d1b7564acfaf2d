"""
What every test shares: a data folder of its own, and one real PostgreSQL for the whole session.

``JOBYARD_TEST_DATABASE_URL`` names a server to use (a role that may create databases); without it the
embedded server is started once, and every pytest-xdist worker gets a database of its own in it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from jobyard_server.worker.engines.memory import MemoryEngine

# How quick a machine is says nothing about the code.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")

_KEPT = ("JOBYARD_TEST_DATABASE_URL", "JOBYARD_TEST_VOLUME", "JOBYARD_REQUIRE_SERVICES", "JOBYARD_TEST_BASE")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers of xdist inherit the environment of their controller
        _make_environment(config)
    import django  # needs the environment

    django.setup()
    _share_middleware()
    from tests.emptied_tables import empty_only_what_was_written  # see above

    empty_only_what_was_written()


def _share_middleware() -> None:
    """
    One chain of middleware for all test clients, made anew when a setting changes.

    Each client makes its own otherwise, and with it a list of all static files: a third of the time of tests
    that ask for a page or two.
    """
    from django.conf import settings  # all need Django
    from django.core.signals import setting_changed
    from django.test.client import ClientHandler

    load, made = ClientHandler.load_middleware, dict[object, dict[str, object]]()

    def load_once(self: ClientHandler, is_async: bool = False) -> None:  # noqa: FBT001, FBT002  # its signature
        key = (*settings.MIDDLEWARE, is_async)
        if key not in made:
            load(self, is_async=is_async)
            names = [name for name in vars(self) if name.endswith(("_middleware", "_middleware_chain"))]
            made[key] = {name: getattr(self, name) for name in names}
        vars(self).update(made[key])

    ClientHandler.load_middleware = load_once  # type: ignore[method-assign]  # Django has no other way

    def forget(setting: str, **_: object) -> None:
        if setting != "PASSWORD_HASHERS":  # which no middleware reads
            made.clear()

    setting_changed.connect(forget, weak=False)


def _make_environment(config: pytest.Config) -> None:
    _forget_the_users_options()
    base = Path(tempfile.mkdtemp(prefix="jobyard-test-", dir=_memory_folder()))
    base.chmod(0o711)  # the account of the embedded server must get through when tests run as root
    os.environ["JOBYARD_TEST_BASE"] = str(base)
    os.environ["JOBYARD_DATA_DIR"] = str(base / "data")
    os.environ["JOBYARD_DATABASE_URL"] = os.environ.get("JOBYARD_TEST_DATABASE_URL") or _start_server(
        config, base
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "jobyard_server.settings"
    config.add_cleanup(lambda: shutil.rmtree(base, ignore_errors=True))


def _memory_folder() -> str | None:
    """Where files cost no disk; a database that is gone in a minute need not be durable."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # mkdtemp makes its own folder


def _forget_the_users_options() -> None:
    for name in list(os.environ):
        if name.startswith(("JOBYARD_", "NAUTOBOT_")) and name not in _KEPT:
            del os.environ[name]


def _start_server(config: pytest.Config, base: Path) -> str:
    from jobyard_server.database.embedded import EmbeddedPostgres  # only where it is needed

    server = EmbeddedPostgres(base / "postgres-of-tests")
    url = server.start()
    config.add_cleanup(server.stop)
    return url


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with transactions of their own are cleaned up by TRUNCATE, which the audit log refuses."""
    from django.db import connection  # needs the environment

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_auditevent DISABLE TRIGGER kept_whole")


@pytest.fixture(autouse=True)
def memory_engine() -> Iterator[MemoryEngine]:
    """No test needs a broker unless it is about one."""
    from jobyard_server.worker.engines.base import use_engine  # needs the environment
    from jobyard_server.worker.engines.memory import MemoryEngine

    engine = MemoryEngine()
    use_engine(engine)
    yield engine
    use_engine(None)


@pytest.fixture(autouse=True)
def _umask_of_its_own() -> Iterator[None]:
    """Commands that run in the process of a test make it stricter, for all folders of later tests."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def test_base() -> Path:
    """Folder of this test session that other accounts may pass through."""
    return Path(os.environ["JOBYARD_TEST_BASE"])
