"""What people keep at hand."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jobyard_server.registry.models import Job


class FavouriteJob(models.Model):
    """Somebody marked a job as a favourite; it says nothing about what they may do with it."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourite_jobs"
    )
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        constraints = [models.UniqueConstraint(fields=["user", "job"], name="job_is_a_favourite_once")]

    def __str__(self) -> str:
        return f"{self.job_id} of {self.user_id}"
