"""What all data models share."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class InventoryModel(models.Model):
    """A row that jobs work on: UUID key, and ``validated_save()``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def validated_save(self, *args: Any, **kwargs: Any) -> None:
        """
        Validate everything the model knows, then save.

        Raises:
            ValidationError: A field, a unique rule or ``clean()`` refused.
        """
        self.full_clean()
        self.save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        meta = self._meta
        plural = str(meta.verbose_name_plural).lower().replace(" ", "-")
        return f"/{meta.app_label}/{plural}/{self.pk}/"


class OrganizationalModel(InventoryModel):
    """A named thing with a slug."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)
