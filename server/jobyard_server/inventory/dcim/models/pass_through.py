"""Patch panels: what goes in at the front comes out at the back."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import Within
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.choices import PortTypeChoices
from jobyard_server.inventory.dcim.models.cable_ends import CableEnd
from jobyard_server.inventory.dcim.models.components import ComponentModel

MOST_POSITIONS = 1024


class RearPort(CableEnd, ComponentModel):
    """The back of a panel: one cable with one or more fibres (positions)."""

    type = models.CharField(max_length=50, choices=PortTypeChoices.CHOICES)
    positions = models.PositiveSmallIntegerField(default=1)

    class Meta(ComponentModel.Meta):
        constraints = [
            *ComponentModel.Meta.constraints,
            Within(field="positions", low=1, high=MOST_POSITIONS, name="rearport_positions_in_range"),
        ]


class FrontPort(CableEnd, ComponentModel):
    """One fibre of a rear port."""

    type = models.CharField(max_length=50, choices=PortTypeChoices.CHOICES)
    rear_port: Any = models.ForeignKey(RearPort, on_delete=models.CASCADE, related_name="frontports")
    rear_port_position = models.PositiveSmallIntegerField(default=1)

    class Meta(ComponentModel.Meta):
        constraints = [
            *ComponentModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["rear_port", "rear_port_position"], name="frontport_position_once"
            ),
            Within(
                field="rear_port_position",
                low=1,
                high=MOST_POSITIONS,
                name="frontport_rear_port_position_in_range",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        rear = self.rear_port
        refuse(rear.device_id != self.device_id, "rear_port", "The rear port must belong to the same device.")
        refuse(
            self.rear_port_position > rear.positions,
            "rear_port_position",
            f"The rear port {rear} has only {rear.positions} positions.",
        )
