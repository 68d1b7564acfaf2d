"""The files that runs leave behind: in the database, whole or not at all, and gone with their result."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from jobyard.events import FilePiece
from jobyard.output_files import PIECE_BYTES, checked_name
from jobyard_server.runs.models import JobResult, OutputFile, OutputFileChunk

BATCH = 500


def store_piece(result_id: UUID, piece: FilePiece) -> None:
    """
    Keep a part of a file; part of the transaction around it.

    What does not fit the limits is left out: it was author code that got around those of its own process.
    """
    data = _content(piece)
    if data is None or not 1 <= piece.number <= settings.JOBYARD["OUTPUT_FILES_MAX"]:
        return
    file, _ = OutputFile.objects.get_or_create(
        job_result_id=result_id, number=piece.number, defaults={"name": piece.name}
    )
    if file.is_complete or file.size + len(data) > settings.JOBYARD["OUTPUT_FILE_MAX_BYTES"]:
        return
    OutputFileChunk.objects.create(file=file, number=file.chunks.count(), content=data)
    OutputFile.objects.filter(pk=file.pk).update(size=F("size") + len(data), is_complete=piece.is_last)


def files_of(result: JobResult) -> QuerySet[OutputFile]:
    """What can be downloaded, in the order in which it was created."""
    return result.output_files.filter(is_complete=True).order_by("number")


def content_of(file: OutputFile) -> Iterator[bytes]:
    """The bytes of *file*, a chunk at a time."""
    numbers = file.chunks.order_by("number").values_list("pk", flat=True)
    for pk in list(numbers):
        yield bytes(OutputFileChunk.objects.values_list("content", flat=True).get(pk=pk))


def delete_old_files() -> int:
    """Those beyond their age; how many."""
    days = settings.JOBYARD["OUTPUT_FILE_DAYS"]
    if not days:
        return 0
    old = OutputFile.objects.filter(created__lt=Now() - timedelta(days=days)).order_by("created")
    chosen = list(old.values_list("pk", flat=True)[:BATCH])
    OutputFile.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _content(piece: FilePiece) -> bytes | None:
    try:
        checked_name(piece.name)
        data = base64.b64decode(piece.data, validate=True)
    except (ValueError, binascii.Error):
        return None
    return data if len(data) <= PIECE_BYTES else None
