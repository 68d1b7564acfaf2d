"""
PM-09: what may be sent, in every body that the API reads. Read its changes in every review.

After a new field: ``WRITE_WRITABLE_FIELDS=1 pytest tests/server/test_writable_fields.py``; read the diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from rest_framework.serializers import Serializer

import jobyard_server.api.urls  # noqa: F401  # so that every serializer is there
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.inventory.serializers import serializer_for

FIELDS = Path(__file__).with_name("writable_fields.txt")
#: What only the service decides: of runs, sources, repositories, tokens and workers.
OF_THE_SERVICE = re.compile(
    r"(id|pk|current_head|head|revision|snapshot|digest|status_reason|error|load_error|lease\w*|fence|counters|"
    r"progress|started|completed|created|last_updated|last_used|last_login|date_joined|is_syncing|\w*_path|"
    r"\w*_encrypted|session_key|installed|sandbox|data_committed)"
)
#: Of calls that choose a revision; publishing it is left to the service.
CHOICES = {("PinFields", "revision"), ("RollbackFields", "revision")}
pytestmark = pytest.mark.django_db


def bodies() -> dict[str, list[str]]:
    """Name of each serializer to the fields that it takes."""
    found = {kind.__name__: kind() for kind in _kinds(Serializer)}
    found |= {model._meta.label: serializer_for(model)() for model in MODELS}
    return {name: _taken(body) for name, body in sorted(found.items())}


def _kinds(parent: type[Any]) -> Iterator[type[Any]]:
    for kind in parent.__subclasses__():
        is_ours = any(each.__module__.startswith("jobyard_server.") for each in kind.__mro__)
        if is_ours and getattr(kind, "Meta", None) is None and kind.__name__ != "RowSerializer":
            yield kind
        yield from _kinds(kind)


def _taken(body: Any) -> list[str]:
    return sorted(name for name, field in body.fields.items() if not field.read_only)


def test_pm09_only_listed_fields_can_be_written():
    found = [f"{name:44} {' '.join(fields)}" for name, fields in bodies().items()]
    if os.environ.get("WRITE_WRITABLE_FIELDS"):
        FIELDS.write_text("\n".join(found) + "\n")

    assert found == FIELDS.read_text().splitlines()


def test_pm09_what_the_service_decides_is_nowhere_writable():
    sent = {(name, field) for name, fields in bodies().items() for field in fields}

    assert {pair for pair in sent if OF_THE_SERVICE.fullmatch(pair[1])} == CHOICES
