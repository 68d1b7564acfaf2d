"""Failed attempts to log in or to use a token, counted so that nobody can try for long."""

from __future__ import annotations

from django.db import models


class Attempts(models.Model):
    """How often something failed since a moment; the row is forgotten when its time is over."""

    key = models.CharField(max_length=64, primary_key=True)  # digest of what is counted
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        app_label = "users"

    def __str__(self) -> str:
        return f"{self.failures} since {self.since:%H:%M}"
