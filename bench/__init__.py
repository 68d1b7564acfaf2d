"""Measures what jobyard promises: ``make bench``. Figures are printed, never asserted."""
