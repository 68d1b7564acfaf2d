"""Following cables from one end to the other, through patch panels."""

from __future__ import annotations

from typing import Any

from jobyard_server.inventory.dcim.models.pass_through import FrontPort, RearPort

Step = tuple[Any, Any, Any]  #: Near end, cable, far end.


def trace(origin: Any) -> list[Step]:
    """
    The steps from *origin* to where the path ends.

    Of several fibres in one cable (a rear port with positions) the one is followed by which the path came
    in; a path that begins in the middle of such a cable ends at its first rear port.

    Cost: one query for each cable and one for each port that is not loaded yet.
    """
    steps: list[Step] = []
    positions: list[int] = []
    near, seen = origin, set()
    while near is not None and near.cable is not None and near.cable.pk not in seen:
        seen.add(near.cable.pk)
        far = near.cable.other_end(near)
        steps.append((near, near.cable, far))
        near = _through(far, positions)
    return steps


def _through(port: Any, positions: list[int]) -> Any:
    """The other side of a port of a patch panel, or None where the path ends."""
    if isinstance(port, FrontPort):
        if port.rear_port.positions > 1:
            positions.append(port.rear_port_position)
        return port.rear_port
    if isinstance(port, RearPort):
        if port.positions > 1 and not positions:
            return None
        position = positions.pop() if port.positions > 1 else 1
        return port.frontports.filter(rear_port_position=position).first()
    return None
