"""Words that people put on rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from jobyard_server.inventory.base import InventoryModel, SlugField
from jobyard_server.inventory.extras.models.of_model import ForEveryModelManager


class Tag(InventoryModel):
    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits
    description = models.CharField(max_length=200, blank=True)
    content_types = models.ManyToManyField("contenttypes.ContentType", related_name="tags", blank=True)

    objects: ClassVar[Any] = ForEveryModelManager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)
