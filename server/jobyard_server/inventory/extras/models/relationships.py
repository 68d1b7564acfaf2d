"""Relations that people add between kinds of rows."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import InventoryModel, SlugField
from jobyard_server.inventory.extras.choices import RelationshipTypeChoices


class Relationship(InventoryModel):
    """Rows of one kind may be tied to rows of another one."""

    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    description = models.CharField(max_length=200, blank=True)
    type = models.CharField(
        max_length=50,
        choices=RelationshipTypeChoices.CHOICES,
        default=RelationshipTypeChoices.TYPE_MANY_TO_MANY,
    )
    source_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="source_relationships"
    )
    source_label = models.CharField(max_length=50, blank=True)
    source_hidden = models.BooleanField(default=False)
    source_filter = models.JSONField(null=True, blank=True)
    destination_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="destination_relationships"
    )
    destination_label = models.CharField(max_length=50, blank=True)
    destination_hidden = models.BooleanField(default=False)
    destination_filter = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class RelationshipAssociation(InventoryModel):
    """Two rows that are tied to each other."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="associations")
    source_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="+")
    source_id = models.UUIDField(db_index=True)
    source = GenericForeignKey("source_type", "source_id")
    destination_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.CASCADE, related_name="+"
    )
    destination_id = models.UUIDField(db_index=True)
    destination = GenericForeignKey("destination_type", "destination_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "source_type", "source_id", "destination_type", "destination_id"],
                name="relationship_association_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.destination}"

    def clean(self) -> None:
        super().clean()
        for side in ("source", "destination"):
            if getattr(self, f"{side}_type_id") != getattr(self.relationship, f"{side}_type_id"):
                kind = getattr(self.relationship, f"{side}_type")
                raise ValidationError({f"{side}_type": f"The {side} of this relationship is a {kind}."})
        self._check_one("source", "one-to-one", "one-to-many", of="destination")
        self._check_one("destination", "one-to-one", "many-to-one", of="source")

    def _check_one(self, side: str, *types: str, of: str) -> None:
        """For these types of relationship, a row at *of* has at most one at *side*."""
        if self.relationship.type not in types:
            return
        taken: Any = type(self)._default_manager.filter(
            relationship=self.relationship, **{f"{of}_id": getattr(self, f"{of}_id")}
        )
        if taken.exclude(pk=self.pk).exists():
            raise ValidationError({side: f"This {of} already has a {side} in “{self.relationship}”."})
