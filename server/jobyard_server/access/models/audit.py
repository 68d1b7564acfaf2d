"""Who did what, from where. Rows are only ever added: a trigger of the database refuses the rest."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """
    One thing that somebody did, or was refused.

    Names and ids are copied, not referred to: what happened stays as it was when accounts and objects go.
    """

    id = models.BigAutoField(primary_key=True)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=40, db_index=True)  # a word of ``access.audit``
    user_id = models.UUIDField(null=True, blank=True, db_index=True)
    username = models.CharField(max_length=150, blank=True)  # as entered, for a failed login
    address = models.GenericIPAddressField(null=True, blank=True)
    via = models.CharField(max_length=10, blank=True)  # page, api, or empty for commands
    token_hint = models.CharField(max_length=12, blank=True)
    object_type = models.CharField(max_length=100, blank=True)  # extras.job
    object_id = models.CharField(max_length=100, blank=True)
    object_repr = models.CharField(max_length=400, blank=True)
    details = models.JSONField(default=dict, blank=True)  # never secrets

    class Meta:
        app_label = "users"
        verbose_name = "audit event"
        ordering = ("-id",)
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_repr}".strip()
