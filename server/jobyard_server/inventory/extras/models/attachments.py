"""Pictures and notes of a row."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from jobyard_server.inventory.base import InventoryModel
from jobyard_server.inventory.pictures.fields import PictureField


class ImageAttachment(InventoryModel):
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="+")
    object_id = models.UUIDField(db_index=True)
    parent = GenericForeignKey("content_type", "object_id")
    image: Any = PictureField()
    image_height = models.PositiveIntegerField(null=True, editable=False)  # pixels
    image_width = models.PositiveIntegerField(null=True, editable=False)  # pixels
    name = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ("name", "created")

    def __str__(self) -> str:
        return str(self.name or self.image.filename)

    @property
    def size(self) -> int | None:
        """Bytes; None if the picture is not there any more."""
        try:
            return int(self.image.size)
        except (OSError, ValueError):
            return None


class StoredPicture(models.Model):
    """The bytes of a picture; a table of its own, so that lists of attachments do not read them."""

    name = models.CharField(max_length=200, primary_key=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField()  # bytes
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.name)


class Note(InventoryModel):
    assigned_object_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="+"
    )
    assigned_object_id = models.UUIDField(db_index=True)
    assigned_object = GenericForeignKey("assigned_object_type", "assigned_object_id")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=150, blank=True, editable=False)
    note = models.TextField()

    class Meta:
        ordering = ("-created",)

    def written_by(self, user: Any) -> None:
        self.user = user

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.user is not None:
            self.user_name = self.user.username  # which stays when the account goes
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.user_name or 'somebody'}: {self.note[:40]}"
