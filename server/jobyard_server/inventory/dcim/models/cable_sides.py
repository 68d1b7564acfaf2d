"""``a_terminations``: the spelling with lists, for a side that has one end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError


class TerminationList(list[Any]):
    """Ends of a cable; a list that can also be asked like a relation."""

    def __init__(self, ports: Iterable[Any]) -> None:
        super().__init__(port for port in ports if port is not None)

    def all(self) -> TerminationList:
        return self

    def first(self) -> Any:
        return self[0] if self else None


class SideAttribute(property):
    """A property, so that it may be given to the constructor too."""

    def __init__(self, side: str) -> None:
        super().__init__(
            lambda cable: TerminationList([getattr(cable, side)]),
            lambda cable, ports: setattr(cable, side, _only(ports, side)),
        )


def _only(ports: Any, side: str) -> Any:
    found = list(ports) if isinstance(ports, list | tuple | set) else [ports]
    if len(found) > 1:
        raise ValidationError({side: "A cable has one termination on each side."})
    return found[0] if found else None
