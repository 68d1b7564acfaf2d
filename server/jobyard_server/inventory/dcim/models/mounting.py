"""Where in a rack a device may be."""

from __future__ import annotations

from typing import Any

from jobyard_server.inventory.base.model import refuse


def check_mounting(device: Any) -> None:
    """
    Check rack, face and position of *device*.

    Raises:
        ValidationError: It does not fit there.
    """
    rack = device.rack
    if rack is None:
        refuse(device.face, "face", "Cannot select a rack face without assigning a rack.")
        refuse(device.position, "position", "Cannot select a rack position without assigning a rack.")
        return
    refuse(rack.site_id != device.site_id, "rack", f"Rack {rack} does not belong to site {device.site}.")
    refuse(device.position and not device.face, "face", "Must specify rack face when defining rack position.")
    kind = device.device_type
    refuse(
        device.position and not kind.u_height,
        "position",
        f"A U0 device type ({kind}) cannot be assigned to a rack position.",
    )
    refuse(
        kind.is_child_device and (device.face or device.position),
        "face",
        "Child device types cannot be assigned to a rack face; this is an attribute of the parent device.",
    )
    if device.position:
        _check_room(device, rack)


def _check_room(device: Any, rack: Any) -> None:
    kind = device.device_type
    face = "" if kind.is_full_depth else device.face
    free = rack.get_available_units(kind.u_height, face, exclude=[device.pk])
    refuse(
        device.position not in free,
        "position",
        f"U{device.position} is already occupied or does not have sufficient space to accommodate a(n) "
        f"{kind} ({kind.u_height}U).",
    )
