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
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobyard_server.worker.engines.memory import MemoryEngine

_KEPT = ("JOBYARD_TEST_DATABASE_URL", "JOBYARD_REQUIRE_SERVICES", "JOBYARD_TEST_BASE")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers of xdist inherit the environment of their controller
        _make_environment(config)
    import django  # needs the environment

    django.setup()


def _make_environment(config: pytest.Config) -> None:
    _forget_the_users_options()
    base = Path(tempfile.mkdtemp(prefix="jobyard-test-"))
    base.chmod(0o711)  # the account of the embedded server must get through when tests run as root
    os.environ["JOBYARD_TEST_BASE"] = str(base)
    os.environ["JOBYARD_DATA_DIR"] = str(base / "data")
    os.environ["JOBYARD_DATABASE_URL"] = os.environ.get("JOBYARD_TEST_DATABASE_URL") or _start_server(
        config, base
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "jobyard_server.settings"
    config.add_cleanup(lambda: shutil.rmtree(base, ignore_errors=True))


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


@pytest.fixture(autouse=True)
def memory_engine() -> Iterator[MemoryEngine]:
    """No test needs a broker unless it is about one."""
    from jobyard_server.worker.engines.base import use_engine  # needs the environment
    from jobyard_server.worker.engines.memory import MemoryEngine

    engine = MemoryEngine()
    use_engine(engine)
    yield engine
    use_engine(None)


@pytest.fixture
def test_base() -> Path:
    """Folder of this test session that other accounts may pass through."""
    return Path(os.environ["JOBYARD_TEST_BASE"])
