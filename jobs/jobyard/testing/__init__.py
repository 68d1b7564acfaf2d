"""
Run jobs in tests, without a server: inputs as users give them, then logs, status and output to look at.

::

    from jobyard.testing import run_job

    def test_hello():
        run = run_job(Hello, {"who": "Ada"})
        assert run.status == "completed"
        assert run.messages("success") == ["Hello Ada"]

With pytest there are the fixtures ``run_job`` and ``load_jobs`` too (``jobyard.testing.plugin``).
"""

from __future__ import annotations

from jobyard.testing.harness import run_job
from jobyard.testing.job_run import JobRun
from jobyard.testing.sources import load_jobs

__all__ = ["JobRun", "load_jobs", "run_job"]
