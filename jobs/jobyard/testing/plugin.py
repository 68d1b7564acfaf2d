"""
Fixtures for pytest; installed with jobyard.

The log of every run is shown below a failing test.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pytest

from jobyard.job import BaseJob
from jobyard.testing import harness, sources
from jobyard.testing.job_run import JobRun


class RunJob(Protocol):
    """``jobyard.testing.run_job``; see there for the arguments."""

    def __call__(self, job_class: type[BaseJob], data: Any = None, **options: Any) -> JobRun: ...


@pytest.fixture
def run_job(request: pytest.FixtureRequest) -> RunJob:
    """Run a job in this process; ask for ``db`` too when it needs the inventory."""

    def run(job_class: type[BaseJob], data: Any = None, **options: Any) -> JobRun:
        done = harness.run_job(job_class, data, **options)
        request.node.add_report_section("call", f"log of {job_class.__name__}", str(done))
        return done

    return run


@pytest.fixture
def load_jobs(request: pytest.FixtureRequest) -> Callable[[str | Path], ModuleType]:
    """Load a job file; a relative path begins at the folder of the test file."""
    folder = request.path.parent
    return lambda path: sources.load_jobs(folder / path)
