"""Cables: two ends, each in a port that takes one cable."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import models, transaction

from jobyard_server.inventory.base import NamedStatus, PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.cable_choices import METERS
from jobyard_server.inventory.dcim.choices import CableLengthUnitChoices, CableTypeChoices
from jobyard_server.inventory.dcim.models.cable_fit import check_fit
from jobyard_server.inventory.dcim.models.cable_sides import SideAttribute, TerminationList

SIDES = ("termination_a", "termination_b")


class Cable(PrimaryModel):
    """
    A cable from ``termination_a`` to ``termination_b``; ``a_terminations=[port]`` says the same.

    Saving one puts its ends into their ports; a port that holds another cable refuses it.
    """

    termination_a_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+"
    )
    termination_a_id = models.UUIDField()
    termination_a = GenericForeignKey("termination_a_type", "termination_a_id")
    termination_b_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+"
    )
    termination_b_id = models.UUIDField()
    termination_b = GenericForeignKey("termination_b_type", "termination_b_id")
    a_terminations = SideAttribute("termination_a")
    b_terminations = SideAttribute("termination_b")
    type = models.CharField(max_length=50, choices=CableTypeChoices.CHOICES, blank=True)
    status = StatusField(default_slug="connected")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="cables"
    )
    label = models.CharField(max_length=100, blank=True, db_index=True)
    color = models.CharField(max_length=6, blank=True)  # RGB, hex digits
    length = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    length_unit = models.CharField(max_length=50, choices=CableLengthUnitChoices.CHOICES, blank=True)
    description = models.CharField(max_length=200, blank=True)
    # Kept beside the ends, for the cables of a device.
    _abs_length = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True, editable=False)
    _termination_a_device: Any = models.ForeignKey(
        "dcim.Device", null=True, blank=True, editable=False, on_delete=models.CASCADE, related_name="+"
    )
    _termination_b_device: Any = models.ForeignKey(
        "dcim.Device", null=True, blank=True, editable=False, on_delete=models.CASCADE, related_name="+"
    )

    STATUS_CONNECTED = NamedStatus("connected")

    class Meta:
        ordering = ("label", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["termination_a_type", "termination_a_id"], name="cable_a_end_once"
            ),
            models.UniqueConstraint(
                fields=["termination_b_type", "termination_b_id"], name="cable_b_end_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.label or f"#{self.pk}")

    @property
    def terminations(self) -> TerminationList:
        return TerminationList(getattr(self, side) for side in SIDES)

    def other_end(self, port: Any) -> Any:
        """What the end that is not in *port* is in."""
        return self.termination_b if self.termination_a_id == port.pk else self.termination_a

    def clean(self) -> None:
        super().clean()
        refuse(self.length is not None and not self.length_unit, "length_unit", "A length needs a unit.")
        check_fit(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        meters = METERS.get(self.length_unit)
        self._abs_length = None if self.length is None or not meters else float(self.length) * meters
        for side in SIDES:
            port = getattr(self, side)
            setattr(self, f"_{side}_device_id", getattr(port, "device_id", None))
        with transaction.atomic():
            super().save(*args, **kwargs)
            for side in SIDES:
                self._plug_in(side)

    def _plug_in(self, side: str) -> None:
        """A conditional UPDATE: of two cables for one port, only one gets it."""
        port = getattr(self, side)
        free = models.Q(cable=None) | models.Q(cable=self)
        if not type(port)._default_manager.filter(free, pk=port.pk).update(cable=self):
            raise ValidationError({side: f"{port} already has a cable attached."})
        port.cable = self

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        ports = [getattr(self, side) for side in SIDES]
        found = super().delete(*args, **kwargs)
        for port in ports:
            if port is not None:
                port.cable = None
        return found


def cables_of(device: Any) -> Any:
    """The cables with an end in *device*."""
    return Cable.objects.filter(
        models.Q(_termination_a_device=device) | models.Q(_termination_b_device=device)
    )
