"""The picture itself, for who may see its row."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from jobyard_server.inventory.extras.models import ImageAttachment
from jobyard_server.inventory.pictures.answer import picture_answer
from jobyard_server.ui.inventory.reach import row_for
from jobyard_server.ui.requests import PageRequest


@require_safe
def show_picture(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """What ``<img>`` and links show."""
    return picture_answer(row_for(request.user, "view", ImageAttachment, pk))
