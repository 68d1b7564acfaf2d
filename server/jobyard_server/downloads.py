"""Files for people, whoever wrote what is in them: saved, never shown, and sent piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header


def download(
    pieces: Iterator[bytes], name: str, *, content_type: str = "application/octet-stream"
) -> StreamingHttpResponse:
    """
    *pieces* as the file *name*.

    A browser saves it and takes it for nothing else. Under ASGI Django would gather a synchronous iterator
    in memory before it sends anything, so the pieces are asked for one by one.
    """
    answer = StreamingHttpResponse(streamed(pieces), content_type=content_type)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


async def streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """*pieces*, each made when the one before it has gone out."""
    ask = sync_to_async(_next)
    while (piece := await ask(pieces)) is not None:
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
