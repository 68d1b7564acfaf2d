"""``script_order`` of NetBox: the order in which a module wants its jobs listed."""

from __future__ import annotations

from types import ModuleType

from jobyard.job import BaseJob

_NAME = "script_order"


def in_script_order(module: ModuleType, classes: list[type[BaseJob]]) -> list[tuple[int, type[BaseJob]]]:
    """
    *classes* with their positions: those that the module names first, the others after them as they come.

    All positions are 0 in a module without an order.
    """
    named = [cls for cls in _order_of(module) if cls in classes]
    if not named:
        return [(0, cls) for cls in classes]
    places = {cls: place for place, cls in enumerate(dict.fromkeys(named))}
    found = [(places.get(cls, len(places)), cls) for cls in classes]
    return sorted(found, key=lambda item: item[0])


def script_order_warnings(module: ModuleType) -> list[str]:
    """A sentence for the author where the order cannot be read."""
    value = getattr(module, _NAME, None)
    if value is None or isinstance(value, list | tuple):
        return []
    return [f"{_NAME} is ignored: it is {type(value).__name__}, not a list of classes."]


def _order_of(module: ModuleType) -> list[object]:
    value = getattr(module, _NAME, None)
    return [item for item in value if isinstance(item, type)] if isinstance(value, list | tuple) else []
