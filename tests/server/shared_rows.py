"""Rows and people that are made once for all tests of a module; what a test does to them is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def undone(blocker: Any) -> Iterator[None]:
    """
    A transaction around those of the tests; for fixtures of a module that has no tests that commit.

    ``blocker`` is that of pytest-django.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
