"""One worker and one registry with all fixture jobs, for the tests of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """Everything is really published, and runs are really forked; see ``World``."""
    from tests.contract.world import running_world  # models: only after Django is set up

    with django_db_blocker.unblock(), running_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
def _django_db_helper(world: Any) -> None:
    """In place of pytest-django's: the tables belong to the whole file, and no test empties them."""


@pytest.fixture
def doors(world: Any, memory_engine: Any) -> Iterator[dict[str, Any]]:
    """The ways to run a job by their names; each takes a ``Case`` and gives an ``Outcome``."""
    from tests.contract.doors import all_doors  # see above

    from jobyard_server.worker.engines.base import use_engine

    use_engine(world)
    yield all_doors(world)
    world.tidy()


@pytest.fixture
def ran(doors: dict[str, Any]) -> Callable[..., Any]:
    """``ran("fx_min/OnlyRun", data, commit=…)``: the outcome of a job that was started over REST."""
    from tests.contract.case import Case  # see above

    def run(job: str, data: Any = None, **asked: Any) -> Any:
        return doors["rest"](Case(job, data or {}, **asked))

    return run
