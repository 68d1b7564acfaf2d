"""
Where secrets are kept, not the secrets: an environment variable, a file, a service.

A row says how to get at a secret; reading one is the business of what uses it.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, SlugField
from jobyard_server.inventory.base.model import InventoryModel
from jobyard_server.inventory.extras.choices import (
    SecretsGroupAccessTypeChoices,
    SecretsGroupSecretTypeChoices,
)

#: Variables and folders of the service and of the system: what is kept there is not for jobs.
_VARIABLES = re.compile("JOBYARD_|DJANGO_|NAUTOBOT_|PGPASS|SECRET_KEY|DATABASE_URL", re.IGNORECASE)
_FOLDERS = ("/etc", "/proc", "/sys", "/root", "/dev")


def _is_ours(text: str) -> bool:
    """Whether a reference leads to what the service or the machine keeps for itself."""
    if "/" not in text:
        return bool(_VARIABLES.match(text)) or ".." in text
    path = PurePosixPath(text)
    folders = (*_FOLDERS, Path(settings.DATA_DIR).as_posix())
    return ".." in path.parts or any(path.is_relative_to(folder) for folder in folders)


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
        refused = [text for text in self.parameters.values() if isinstance(text, str) and _is_ours(text)]
        if refused:
            raise ValidationError({"parameters": f"“{refused[0][:100]}” is no place for secrets of jobs."})


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
