"""The state of a thing, chosen by people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from jobyard_server.inventory.base import InventoryModel, SlugField
from jobyard_server.inventory.extras.models.of_model import ForEveryModelManager


class Status(InventoryModel):
    """Active, planned, … It equals its slug: ``device.status == "active"``."""

    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    description = models.CharField(max_length=200, blank=True)
    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits
    content_types = models.ManyToManyField("contenttypes.ContentType", related_name="statuses", blank=True)

    objects: ClassVar[Any] = ForEveryModelManager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "statuses"

    def __str__(self) -> str:
        return str(self.name)

    def __eq__(self, other: object) -> bool:
        return other == self.slug if isinstance(other, str) else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self.slug)  # as of the text that it equals: ``status in {"active", "planned"}``

    @property
    def value(self) -> Any:
        """The slug: what scripts of choices call the value."""
        return self.slug

    @property
    def label(self) -> Any:
        return self.name
