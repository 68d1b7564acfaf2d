"""``nautobot.apps``."""

from __future__ import annotations

from jobyard.compat import apps_jobs as jobs
from jobyard.compat.plugins import NautobotAppConfig

__all__ = ["NautobotAppConfig", "jobs"]
