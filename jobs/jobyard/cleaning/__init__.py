"""
How a value is checked and brought into its queued form, one function per kind of variable.

Works on the spec alone, so that forms, REST and the command line need no job code.
"""

from __future__ import annotations

from jobyard.cleaning.context import CleaningContext, FileInput, ObjectResolver
from jobyard.cleaning.kinds import EMPTY_VALUES, clean_value, empty_value, is_empty

__all__ = [
    "EMPTY_VALUES",
    "CleaningContext",
    "FileInput",
    "ObjectResolver",
    "clean_value",
    "empty_value",
    "is_empty",
]
