"""Parts inside of devices: cards, power supplies, fans."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import TreeModel
from jobyard_server.inventory.dcim.models.components import ComponentModel
from jobyard_server.inventory.dcim.models.kinds import Manufacturer


class InventoryItem(TreeModel, ComponentModel):
    parent: Any = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="child_items"
    )
    manufacturer = models.ForeignKey(
        Manufacturer, null=True, blank=True, on_delete=models.PROTECT, related_name="inventory_items"
    )
    part_id = models.CharField(max_length=50, blank=True)
    serial = models.CharField(max_length=255, blank=True, db_index=True)
    asset_tag = models.CharField(max_length=50, null=True, blank=True, unique=True)
    discovered = models.BooleanField(default=False)

    class Meta(ComponentModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["device", "parent", "name"], name="inventoryitem_name_once")
        ]
