"""What people add to pages: exports and links, written as templates."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import InventoryModel


class ExportTemplate(InventoryModel):
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True)
    template_code = models.TextField()
    mime_type = models.CharField(max_length=50, blank=True)
    file_extension = models.CharField(max_length=15, blank=True)

    class Meta:
        ordering = ("content_type", "name")
        constraints = [models.UniqueConstraint(fields=["content_type", "name"], name="export_template_once")]

    def __str__(self) -> str:
        return str(self.name)


class CustomLink(InventoryModel):
    content_type: Any = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    content_types = models.ManyToManyField("contenttypes.ContentType", related_name="+", blank=True)
    name = models.CharField(max_length=100, unique=True)
    text = models.CharField(max_length=500)
    target_url = models.CharField(max_length=500)
    weight = models.PositiveSmallIntegerField(default=100)
    group_name = models.CharField(max_length=50, blank=True)
    button_class = models.CharField(max_length=30, default="default")
    new_window = models.BooleanField(default=False)

    class Meta:
        ordering = ("group_name", "weight", "name")

    def __str__(self) -> str:
        return str(self.name)
