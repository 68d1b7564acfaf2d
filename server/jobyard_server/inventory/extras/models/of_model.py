"""Rows that hold for some kinds of rows: statuses, custom fields, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from jobyard_server.inventory.base import InventoryManager

if TYPE_CHECKING:
    _Manager = InventoryManager[Any]
else:
    _Manager = InventoryManager  # a plain class when the program runs


class ForModelManager(_Manager):
    """Adds ``get_for_model(Device)``; an instance will do as well."""

    def get_for_model(self, model: Any) -> Any:
        kind = ContentType.objects.get_for_model(model, for_concrete_model=True)
        return self.get_queryset().filter(content_types=kind)


class ForEveryModelManager(ForModelManager):
    """As above; a row without content types holds for all of them."""

    def get_for_model(self, model: Any) -> Any:
        kind = ContentType.objects.get_for_model(model, for_concrete_model=True)
        named = models.Q(content_types=kind) | models.Q(content_types=None)
        return self.get_queryset().filter(named).distinct()
