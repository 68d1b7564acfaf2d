"""Parts inside of devices: cards, power supplies, fans."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, TreeModel
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.dcim.models.components import ComponentModel
from jobyard_server.inventory.dcim.models.kinds import Manufacturer


class InventoryItemRole(OrganizationalModel):
    """What a part is for: line card, power supply, fan."""

    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits


class InventoryItem(TreeModel, ComponentModel):
    parent: Any = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="child_items"
    )
    manufacturer = models.ForeignKey(
        Manufacturer, null=True, blank=True, on_delete=models.PROTECT, related_name="inventory_items"
    )
    role = models.ForeignKey(
        InventoryItemRole, null=True, blank=True, on_delete=models.PROTECT, related_name="inventory_items"
    )
    part_id = models.CharField(max_length=50, blank=True)
    serial = models.CharField(max_length=255, blank=True, db_index=True)
    asset_tag = models.CharField(max_length=50, null=True, blank=True, unique=True)
    discovered = models.BooleanField(default=False)

    class Meta(ComponentModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["device", "parent", "name"], name="inventoryitem_name_once")
        ]

    def clean(self) -> None:
        super().clean()
        is_elsewhere = self.parent is not None and self.parent.device_id != self.device_id
        refuse(is_elsewhere, "parent", f"The part {self.parent} belongs to another device.")
