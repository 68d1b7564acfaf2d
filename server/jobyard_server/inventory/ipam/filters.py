"""Filter sets of the models with the app label ``ipam``, made when they are asked for."""

from __future__ import annotations

from typing import Any

from jobyard_server.inventory.filter_sets import SUFFIX, filter_set


def __getattr__(name: str) -> Any:
    if not name.endswith(SUFFIX):
        raise AttributeError(name)
    return filter_set("ipam", name)
