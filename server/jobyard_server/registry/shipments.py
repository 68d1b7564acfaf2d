"""
Asking for snapshots, and handing them over: by workers whose host lacks one, and the sync parts that have it.

A request is one row for each digest and store, so many workers of one host ask once. Pieces are packed once
for all stores, and forgotten after minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobyard_server.registry import channels
from jobyard_server.registry.shipment_models import SnapshotPiece, SnapshotRequest

KEPT = timedelta(minutes=10)  #: Requests and pieces; whoever comes later asks anew.
_ASK = """
INSERT INTO extras_snapshotrequest (digest, store, asked_at, refusals)
VALUES (%s, %s, clock_timestamp(), '{}')
ON CONFLICT (digest, store) DO UPDATE
   SET asked_at = excluded.asked_at, answered_at = NULL, refusals = excluded.refusals
"""
_REFUSE = """
UPDATE extras_snapshotrequest SET refusals = refusals || jsonb_build_object(%s::text, %s::text)
 WHERE digest = %s AND answered_at IS NULL
"""


def ask_for_snapshot(digest: str, store: uuid.UUID) -> None:
    """From now on a sync part works on it; who asked before and lost it is served again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ASK, [digest, store])
        channels.notify(channels.SYNC, "")


def request_for(digest: str, store: uuid.UUID) -> SnapshotRequest | None:
    """How far it is; None when it was forgotten."""
    return SnapshotRequest.objects.filter(digest=digest, store=store).first()


def open_requests(daemon: uuid.UUID) -> QuerySet[SnapshotRequest]:
    """What nobody has answered, and *daemon* has not said no to."""
    return SnapshotRequest.objects.filter(answered_at__isnull=True).exclude(refusals__has_key=str(daemon))


def refuse(digest: str, daemon: uuid.UUID, sentence: str) -> None:
    """*daemon* cannot give it; another one may."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE, [str(daemon), sentence, digest])


def hand_over(digest: str, pieces: Iterable[bytes]) -> None:
    """
    Store the bundle, if nobody has, for everybody who asks.

    Raises whatever making *pieces* raises; nothing is stored then.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
        known = SnapshotPiece.objects.filter(digest=digest)
        if not known.update(created=timezone.now()):
            for number, content in enumerate(pieces):  # one after the other: they may be large
                SnapshotPiece.objects.create(
                    digest=digest, number=number, content=content, created=timezone.now()
                )


def answer(digest: str, store: uuid.UUID | None = None) -> None:
    """The request of *store* is fulfilled; without one those of all stores, for which there are pieces."""
    waiting = SnapshotRequest.objects.filter(digest=digest, answered_at__isnull=True)
    (waiting.filter(store=store) if store else waiting).update(answered_at=timezone.now())


def pieces_of(digest: str) -> Iterator[bytes]:
    """One at a time, so that no more than that is in memory; none when they are forgotten."""
    numbers = SnapshotPiece.objects.filter(digest=digest).order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        yield bytes(SnapshotPiece.objects.get(digest=digest, number=number).content)


def forget_shipments() -> None:
    """What nobody has asked for lately."""
    before = timezone.now() - KEPT
    SnapshotRequest.objects.filter(asked_at__lt=before).delete()
    SnapshotPiece.objects.filter(created__lt=before).delete()
