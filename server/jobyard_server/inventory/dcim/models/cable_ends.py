"""What can hold the end of a cable, and what a path of cables can begin or end with."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import Alias


class CableEnd(models.Model):
    """Adds ``cable``: at most one, set when a cable is saved."""

    cable: Any = models.ForeignKey(
        "dcim.Cable", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    _path = Alias("cable")  # ``select_related("_path")`` of 1.x loads what tracing begins with
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
    def connected_endpoint(self) -> Any:
        """What is at the far end of the path, or None."""
        steps = self.trace()
        far = steps[-1][2] if steps else None
        return far if far is not None and far.is_path_end else None

    @property
    def connected_endpoints(self) -> list[Any]:
        far = self.connected_endpoint
        return [] if far is None else [far]

    @property
    def connection_status(self) -> bool | None:
        """None without a far end, False while a cable on the way is planned, else True."""
        steps = self.trace()
        if not steps or steps[-1][2] is None or not steps[-1][2].is_path_end:
            return None
        return all(cable.status != "planned" for _, cable, _ in steps)

    path_is_active = connection_status
