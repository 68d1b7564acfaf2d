"""Uploaded input files: in the database from the request until the run ends, then nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from jobyard_server.runs.models import InputFile, InputFileChunk, JobResult

CHUNK_BYTES = 1024 * 1024


def store_files(result: JobResult, files: Mapping[str, UploadedFile]) -> None:
    """Keep *files* (by variable) with the run; part of the transaction that accepts it."""
    for variable, upload in files.items():
        kept = InputFile.objects.create(
            job_result=result,
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


def delete_files(result: JobResult) -> None:
    InputFile.objects.filter(job_result=result).delete()
