"""Uploaded input files: in the database from the request until the run ends, then nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection

from jobyard_server.runs.models import InputFile, InputFileChunk, JobResult
from jobyard_server.schedules.models import ScheduledJob

CHUNK_BYTES = 1024 * 1024
_COPY_CHUNKS = """
INSERT INTO extras_inputfilechunk (file_id, number, content)
SELECT %s, number, content FROM extras_inputfilechunk WHERE file_id = %s
"""


def store_files(owner: JobResult | ScheduledJob, files: Mapping[str, UploadedFile]) -> None:
    """Keep *files* (by variable) with the run or its schedule; part of the transaction that accepts it."""
    for variable, upload in files.items():
        kept = InputFile.objects.create(
            **_owned_by(owner),
            variable=variable,
            name=Path(upload.name or "").name[:255],
            content_type=(upload.content_type or "")[:255],
            size=upload.size or 0,
        )
        for number, content in enumerate(upload.chunks(CHUNK_BYTES)):
            InputFileChunk.objects.create(file=kept, number=number, content=content)


def write_files(result: JobResult, folder: Path) -> dict[str, str]:
    """Write the files of a run into *folder*; their paths by variable."""
    paths = {}
    for kept in InputFile.objects.filter(job_result=result):
        path = folder / f"input-{kept.pk}"
        with path.open("wb") as file:
            for chunk in kept.chunks.iterator(chunk_size=4):
                file.write(chunk.content)
        paths[kept.variable] = str(path)
    return paths


def hand_over_files(schedule: ScheduledJob, result: JobResult) -> None:
    """Of a schedule to the one run that it was for."""
    InputFile.objects.filter(schedule=schedule).update(schedule=None, job_result=result)


def copy_files(schedule: ScheduledJob, result: JobResult) -> None:
    """For a run that comes before the one they are for; the bytes do not leave the database."""
    for file in InputFile.objects.filter(schedule=schedule):
        original = file.pk
        file.pk, file.schedule, file.job_result = uuid.uuid4(), None, result
        file.save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute(_COPY_CHUNKS, [file.pk, original])


def delete_files(owner: JobResult | ScheduledJob) -> None:
    InputFile.objects.filter(**_owned_by(owner)).delete()


def _owned_by(owner: JobResult | ScheduledJob) -> dict[str, Any]:
    return {"job_result" if isinstance(owner, JobResult) else "schedule": owner}
