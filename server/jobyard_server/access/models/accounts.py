"""Accounts of people and programs."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An account. Its content type is ``users.user``, as clients know it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    # Whose password it is: empty for this server, "ldap" for the directory. Names alone join no accounts.
    password_of = models.CharField(max_length=10, blank=True, default="", editable=False)

    # Rights come from object permissions only. Django's own table would be a second door that no page shows.
    user_permissions = None  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined,misc]  # django-stubs: Meta is not exported
        app_label = "users"

    def get_absolute_url(self) -> str:
        return f"/users/users/{self.pk}/"
