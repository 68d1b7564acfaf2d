"""What can hold the end of a cable, and what a path of cables can begin or end with."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from jobyard_server.inventory.base import Alias


class PathAlias(Alias):
    """Of a row its path; ``select_related("_path")`` of 1.x loads what tracing begins with."""

    def __get__(self, row: Any, owner: Any) -> Any:
        return super().__get__(row, owner) if row is None else getattr(row, "path", None)


class CableEnd(models.Model):
    """Adds ``cable``: at most one, set when a cable is saved."""

    cable: Any = models.ForeignKey(
        "dcim.Cable", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    _path = PathAlias("cable")
    # A cable without one of its ends is none: it goes with either.
    _cables_a = GenericRelation("dcim.Cable", "termination_a_id", "termination_a_type")
    _cables_b = GenericRelation("dcim.Cable", "termination_b_id", "termination_b_type")
    is_path_end = False  #: True: a path of cables stops here.

    class Meta:
        abstract = True

    def get_cable_peer(self) -> Any:
        """What the other end of the cable is in, or None."""
        return self.cable.other_end(self) if self.cable else None

    @property
    def link_peer(self) -> Any:
        return self.get_cable_peer()

    @property
    def link_peers(self) -> list[Any]:
        peer = self.get_cable_peer()
        return [] if peer is None else [peer]


class CablePath:
    """The cables between two ends, under the names of 1.x."""

    def __init__(self, steps: list[tuple[Any, Any, Any]]) -> None:
        self._steps = steps

    @property
    def origin(self) -> Any:
        return self._steps[0][0]

    @property
    def destination(self) -> Any:
        """What is at the far end, or None where the path ends inside of a patch panel."""
        far = self._steps[-1][2]
        return far if far is not None and far.is_path_end else None

    @property
    def origins(self) -> list[Any]:
        return [self.origin]

    @property
    def destinations(self) -> list[Any]:
        return [] if self.destination is None else [self.destination]

    @property
    def is_active(self) -> bool:
        """It has a far end, and no cable on the way is planned."""
        return self.destination is not None and all(cable.status != "planned" for _, cable, _ in self._steps)

    @property
    def segment_count(self) -> int:
        return len(self._steps)

    def get_path(self) -> list[Any]:
        """Everything on the way: near end, cable, far end, and so on."""
        return [item for step in self._steps for item in step]


class PathEnd(CableEnd):
    """Adds what lies at the far end, through patch panels."""

    is_path_end = True

    class Meta:
        abstract = True

    def trace(self) -> list[tuple[Any, Any, Any]]:
        """The cables from here, each as (near end, cable, far end)."""
        from jobyard_server.inventory.dcim.models.paths import trace  # noqa: PLC0415  # it knows all ends

        return trace(self)

    @property
    def path(self) -> CablePath | None:
        """The way from here to where it ends; None without a cable."""
        steps = self.trace()
        return CablePath(steps) if steps else None

    @property
    def connected_endpoint(self) -> Any:
        """What is at the far end of the path, or None."""
        path = self.path
        return path.destination if path else None

    @property
    def connected_endpoints(self) -> list[Any]:
        path = self.path
        return path.destinations if path else []

    @property
    def connection_status(self) -> bool | None:
        """None without a far end, False while a cable on the way is planned, else True."""
        path = self.path
        return path.is_active if path and path.destination is not None else None

    path_is_active = connection_status
