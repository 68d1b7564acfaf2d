"""``nautobot.extras.reports``."""

from __future__ import annotations

from jobyard.report import Report

__all__ = ["Report"]
