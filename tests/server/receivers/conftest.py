from __future__ import annotations

from tests.server.api.conftest import (  # noqa: F401  # the same people and workers
    alice,
    bob,
    charlie,
    pytest_pycollect_makemodule,
    worker,
)
from tests.server.changes.conftest import run_zygote, service  # noqa: F401  # the same worker
