"""What users and groups may do with which objects."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models

from jobyard_server.access.models.accounts import User


class ObjectPermission(models.Model):
    """Lets users and groups do some actions with some types of objects, or with a part of these."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)
    object_types = models.ManyToManyField(ContentType, related_name="+")
    actions = models.JSONField(default=list)  # words: view, add, change, delete, run, …
    constraints = models.JSONField(null=True, blank=True)  # object: all; list of objects: any; null: no limit
    users = models.ManyToManyField(User, blank=True, related_name="object_permissions")
    groups = models.ManyToManyField(Group, blank=True, related_name="object_permissions")

    class Meta:
        app_label = "users"
        verbose_name = "permission"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/users/permissions/{self.pk}/"
