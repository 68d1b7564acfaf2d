"""
Snapshots on their way to workers of other hosts, through the database: the one thing that all parts reach.

Written by ``registry.shipments``; rows live for minutes.
"""

from __future__ import annotations

from django.db import models


class SnapshotRequest(models.Model):
    """A store of snapshots lacks one that runs there need, or found it damaged."""

    digest = models.CharField(max_length=64)
    store = models.UUIDField()  # SnapshotStore.identity of whoever asks
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # it is in that store, or its pieces are there
    refusals = models.JSONField(default=dict)  # sentence by the id of each sync part that cannot give it

    class Meta:
        app_label = "extras"
        constraints = [models.UniqueConstraint(fields=["digest", "store"], name="snapshot_is_asked_for_once")]

    def __str__(self) -> str:
        return f"{self.digest[:12]} for {self.store}"


class SnapshotPiece(models.Model):
    """A piece of a bundle (``jobyard_repos.bundle``)."""

    digest = models.CharField(max_length=64)
    number = models.IntegerField()  # from 0
    content = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        app_label = "extras"
        constraints = [
            models.UniqueConstraint(fields=["digest", "number"], name="snapshot_pieces_have_an_order")
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.number}"
