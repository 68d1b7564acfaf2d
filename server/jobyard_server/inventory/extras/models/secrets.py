"""
Where secrets are kept, not the secrets: an environment variable, a file, a service.

A row says how to get at a secret; reading one is the business of what uses it.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, SlugField
from jobyard_server.inventory.base.model import InventoryModel
from jobyard_server.inventory.extras.choices import (
    SecretsGroupAccessTypeChoices,
    SecretsGroupSecretTypeChoices,
)


class Secret(PrimaryModel):
    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    description = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.parameters, dict):
            raise ValidationError({"parameters": "The parameters must be a dictionary."})


class SecretsGroup(OrganizationalModel):
    secrets = models.ManyToManyField(
        Secret, through="extras.SecretsGroupAssociation", related_name="groups", blank=True
    )

    class Meta(OrganizationalModel.Meta):
        verbose_name_plural = "secrets groups"


class SecretsGroupAssociation(InventoryModel):
    group = models.ForeignKey(SecretsGroup, on_delete=models.CASCADE, related_name="secrets_associations")
    secret = models.ForeignKey(Secret, on_delete=models.CASCADE, related_name="group_associations")
    access_type = models.CharField(max_length=32, choices=SecretsGroupAccessTypeChoices.CHOICES)
    secret_type = models.CharField(max_length=32, choices=SecretsGroupSecretTypeChoices.CHOICES)

    class Meta:
        ordering = ("group", "access_type", "secret_type")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "access_type", "secret_type"], name="one_secret_for_each_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.access_type} {self.secret_type}: {self.secret}"
