"""``extras.reports`` of NetBox."""

from __future__ import annotations

from jobyard.report import NetBoxReport as Report

__all__ = ["Report"]
