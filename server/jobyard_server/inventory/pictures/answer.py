"""A picture for a browser: of the type that it was checked to be, and nothing else, whatever is in it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from jobyard_server.inventory.pictures.reading import TYPES


def picture_answer(row: Any) -> HttpResponse:
    """
    The picture of *row*, which the caller may view.

    Raises:
        Http404: It has none any more.
    """
    try:
        data = row.image.open().read()
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    ending = row.image.name.rpartition(".")[2]
    answer = HttpResponse(data, content_type=TYPES.get(ending, "application/octet-stream"))
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=ending not in TYPES, filename=row.image.filename) or "inline"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-cache"
    return answer
