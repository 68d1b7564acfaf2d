from __future__ import annotations

from tests.server.api.conftest import (  # noqa: F401  # the same people, jobs and workers
    alice,
    bob,
    charlie,
    job,
    pytest_pycollect_makemodule,
    worker,
)
