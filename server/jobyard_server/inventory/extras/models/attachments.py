"""Pictures and notes of a row."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from jobyard_server.inventory.base import InventoryModel


class ImageAttachment(InventoryModel):
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="+")
    object_id = models.UUIDField(db_index=True)
    parent = GenericForeignKey("content_type", "object_id")
    image = models.FileField(upload_to="image-attachments")
    name = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name or self.image.name)


class Note(InventoryModel):
    assigned_object_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="+"
    )
    assigned_object_id = models.UUIDField(db_index=True)
    assigned_object = GenericForeignKey("assigned_object_type", "assigned_object_id")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=150, blank=True, editable=False)
    note = models.TextField()

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.user_name or 'somebody'}: {self.note[:40]}"
