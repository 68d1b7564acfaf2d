"""The kind of rows as a part of an address: ``/dcim/devices/`` is the list of devices."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.db.models import Model

from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of

KINDS = {endpoint_of(model): model for model in MODELS}


class KindConverter:
    """Between ``dcim/devices`` in an address and the model; one set of addresses serves all of them."""

    regex = "|".join(sorted(KINDS, key=len, reverse=True))

    def to_python(self, value: str) -> type[Model]:
        return KINDS[value]

    def to_url(self, value: type[Model]) -> str:
        return endpoint_of(value)


@cache
def list_url(model: type[Model]) -> str:
    """The list of rows; kept, because pages hold hundreds of links."""
    return f"/{endpoint_of(model)}/"


def row_url(row: Model) -> str:
    """The page of *row*, or nothing for a row that has none."""
    find = getattr(row, "get_absolute_url", None)
    return cast(str, find()) if callable(find) else ""


def has_pages(model: Any) -> bool:
    return model in KINDS.values()
