"""Answers that are sent while they are made, so that a large one is never in memory as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE_CHARACTERS = 64 * 1024


def streamed(request: HttpRequest, texts: Iterator[str], *, content_type: str) -> StreamingHttpResponse:
    """
    An answer of *texts*, in pieces of some kilobytes.

    Django would read all of a plain iterator before it sends the first byte under ASGI, hence the two ways.
    """
    pieces = _pieces(texts)
    is_asgi = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(_in_thread(pieces) if is_asgi else pieces, content_type=content_type)


def _pieces(texts: Iterator[str]) -> Iterator[bytes]:
    held: list[str] = []
    length = 0
    for text in texts:
        held.append(text)
        length += len(text)
        if length >= PIECE_CHARACTERS:
            yield "".join(held).encode()
            held, length = [], 0
    yield "".join(held).encode()


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """In the thread of the request, where its database connection is."""
    following = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await following()) is not None:
        yield piece
