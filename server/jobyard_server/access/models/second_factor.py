"""What an account proves itself with besides its password."""

from __future__ import annotations

from django.db import models

from jobyard_server.access.models.accounts import User


class SecondFactor(models.Model):
    """The secret that an authenticator app shares with this server, and what stands in for a lost one."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = models.TextField()  # encrypted
    last_step = models.BigIntegerField()  # of the newest code that was taken: each counts once
    recovery_digests = models.JSONField(default=list)  # of the codes that are left
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "users"

    def __str__(self) -> str:
        return f"second factor of {self.user}"
