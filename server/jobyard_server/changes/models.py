"""
What was changed, and what a run would have changed.

Rows of ``ObjectChange`` are written by triggers only. ``PlannedChange`` keeps those that a run made and that
were rolled back with its transaction.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from jobyard_server.changes.images import differences, field_values

CREATE, UPDATE, DELETE = "create", "update", "delete"
ACTIONS = {CREATE: "Created", UPDATE: "Updated", DELETE: "Deleted"}
Values = dict[str, Any]


class Change(models.Model):
    """One row that was inserted, changed or deleted, or whose relations were."""

    time = models.DateTimeField()
    action = models.CharField(max_length=10, choices=list(ACTIONS.items()))
    # Without constraints: the log outlives what it speaks of, and is written in the middle of everything.
    changed_object_type = models.ForeignKey(
        ContentType, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    changed_object_id = models.UUIDField()
    object_repr = models.CharField(max_length=200, blank=True)  # empty: its name is that of other rows
    before = models.JSONField(null=True)  # the columns as they were; null of a created row
    after = models.JSONField(null=True)  # the columns as they became; null of a deleted row

    changed_object = GenericForeignKey("changed_object_type", "changed_object_id")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{ACTIONS[self.action]} {self.object_name}"

    @property
    def changed_model(self) -> type[models.Model] | None:
        """None: of a plugin that is not installed any more."""
        return ContentType.objects.get_for_id(self.changed_object_type_id).model_class()

    @property
    def object_type(self) -> str:
        """``dcim.device``."""
        kind = ContentType.objects.get_for_id(self.changed_object_type_id)
        return f"{kind.app_label}.{kind.model}"

    @property
    def object_name(self) -> str:
        """What people know the row by; rows without a name of their own are numbered."""
        if self.object_repr:
            return str(self.object_repr)
        model = self.changed_model
        kind = model._meta.verbose_name if model else self.object_type
        return f"{kind} {str(self.changed_object_id)[:8]}"

    @property
    def prechange_data(self) -> Values | None:
        """Values by name of the field, before; None of a created row."""
        return field_values(self.changed_model, self.before)

    @property
    def postchange_data(self) -> Values | None:
        """Values by name of the field, after; None of a deleted row."""
        return field_values(self.changed_model, self.after)

    @property
    def differing(self) -> dict[str, tuple[Any, Any]]:
        """The fields that differ: name to value before and value after."""
        return differences(self.prechange_data, self.postchange_data)


class ObjectChange(Change):
    """A change that was committed; numbers grow in the order of the changes of a transaction."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    user_name = models.CharField(max_length=150, blank=True)
    request_id = models.UUIDField(null=True)  # of the request, or of the one that started the run
    run_id = models.UUIDField(null=True)  # key of the JobResult, which may be gone

    class Meta:
        app_label = "extras"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["changed_object_type", "changed_object_id", "id"], name="change_of_object"),
            models.Index(
                fields=["run_id", "id"], name="change_of_run", condition=models.Q(run_id__isnull=False)
            ),
            models.Index(
                fields=["request_id", "id"],
                name="change_of_request",
                condition=models.Q(request_id__isnull=False, run_id__isnull=True),
            ),
            models.Index(fields=["user", "id"], name="change_of_user"),
            BrinIndex(fields=["time"], name="change_by_time"),
        ]

    @property
    def change_context(self) -> str:
        return "job" if self.run_id else "web" if self.request_id else "orm"

    @property
    def object_data(self) -> Values | None:
        return self.prechange_data if self.after is None else self.postchange_data

    object_data_v2 = object_data

    @property
    def prechange_data_clean(self) -> Values | None:
        return self.prechange_data

    @property
    def postchange_data_clean(self) -> Values | None:
        return self.postchange_data

    def get_snapshots(self) -> dict[str, Any]:
        """``{"prechange", "postchange", "differences": {"removed", "added"}}``."""
        found = self.differing
        removed = {name: was for name, (was, _) in found.items()} if self.before is not None else None
        added = {name: became for name, (_, became) in found.items()} if self.after is not None else None
        return {
            "prechange": self.prechange_data,
            "postchange": self.postchange_data,
            "differences": {"removed": removed, "added": added},
        }

    def get_absolute_url(self) -> str:
        return f"/extras/object-changes/{self.pk}/"


class PlannedChange(Change):
    """A change that a run made and that was rolled back: what a dry run would have done."""

    id = models.BigAutoField(primary_key=True)
    job_result = models.ForeignKey(
        "extras.JobResult",
        on_delete=models.CASCADE,
        related_name="planned_changes",
        db_constraint=False,
        db_index=False,
    )
    sequence = models.BigIntegerField()  # the number that the change had in the log until it was rolled back
    in_post_run = models.BooleanField(default=False)  # of the transaction of post_run, not of the main one

    kept = False  #: In a plan the changes that were committed stand among these.

    class Meta:
        app_label = "extras"
        ordering = ("job_result", "sequence")
        indexes = [
            models.Index(fields=["job_result", "changed_object_id"], name="planned_change_of_object"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job_result", "sequence"], name="planned_changes_have_an_order")
        ]
