"""Which ports a cable may join."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base.model import refuse

PARTNERS = {
    "circuittermination": {"circuittermination", "frontport", "interface", "rearport"},
    "consoleport": {"consoleserverport", "frontport", "rearport"},
    "consoleserverport": {"consoleport", "frontport", "rearport"},
    "frontport": {
        "circuittermination",
        "consoleport",
        "consoleserverport",
        "frontport",
        "interface",
        "rearport",
    },
    "interface": {"circuittermination", "frontport", "interface", "rearport"},
    "powerfeed": {"powerport"},
    "poweroutlet": {"powerport"},
    "powerport": {"powerfeed", "poweroutlet"},
    "rearport": {
        "circuittermination",
        "consoleport",
        "consoleserverport",
        "frontport",
        "interface",
        "rearport",
    },
}  #: By name of the model; the relation goes both ways.


def check_fit(cable: Any) -> None:
    """
    Check that both ends of *cable* may be joined and are free.

    Raises:
        ValidationError: They may not, or one is taken.
    """
    a, b = cable.termination_a, cable.termination_b
    kinds = [port._meta.model_name for port in (a, b)]
    for side, kind in zip(("termination_a", "termination_b"), kinds, strict=True):
        refuse(kind not in PARTNERS, side, f"No cable fits into a {kind}.")
    refuse(
        kinds[1] not in PARTNERS[kinds[0]],
        "termination_b",
        f"Incompatible termination types: {kinds[0]} and {kinds[1]}.",
    )
    refuse(a == b, "termination_b", f"Cannot connect {a} to itself.")
    refuse(_are_one_fibre(a, b), "termination_b", "A front port cannot be connected to its own rear port.")
    for side in ("termination_a", "termination_b"):
        _check_port(cable, side)


def _check_port(cable: Any, side: str) -> None:
    port = getattr(cable, side)
    refuse(
        getattr(port, "is_connectable", True) is False,
        side,
        f"Cables cannot be terminated to {port.get_type_display()} interfaces."
        if hasattr(port, "get_type_display")
        else "",
    )
    refuse(getattr(port, "provider_network_id", None), side, "This circuit ends at a provider network.")
    taken: Any = (
        type(cable)
        ._default_manager.exclude(pk=cable.pk)
        .filter(models.Q(termination_a_id=port.pk) | models.Q(termination_b_id=port.pk))
    )
    refuse(taken.exists(), side, f"{port} already has a cable attached.")


def _are_one_fibre(a: Any, b: Any) -> bool:
    rears = (getattr(a, "rear_port_id", None), getattr(b, "rear_port_id", None))
    return b.pk in rears[:1] or a.pk in rears[1:]
