"""The fixture ``inventory`` for pytest; installed with jobyard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobyard_server.testing.models import provide_models


def pytest_configure() -> None:
    provide_models()


@pytest.fixture(scope="session")
def _inventory_database() -> Iterator[None]:
    from jobyard_server.testing.inventory import running_inventory  # noqa: PLC0415  # brings Django

    with running_inventory():
        yield


@pytest.fixture
def inventory(_inventory_database: None) -> Iterator[None]:
    """A database for the jobs of this test: empty but for the statuses, and emptied again afterwards."""
    from jobyard_server.testing.inventory import reverted_afterwards  # noqa: PLC0415  # brings Django

    with reverted_afterwards():
        yield
