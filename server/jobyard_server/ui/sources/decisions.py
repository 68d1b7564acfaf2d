"""The buttons of the folder that decide what is in service: roll back, pin, unpin."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from jobyard_server.registry.folder_decisions import pin_folder, roll_back_folder, unpin_folder
from jobyard_server.registry.models import LOCAL, Job, Source
from jobyard_server.registry.visible import visible_folders
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.access import revision_or_404
from jobyard_server.ui.revisions.deciding import carry_out


@require_POST
def roll_back_source(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Put an earlier revision of the folder into service."""
    source, revision = _folder(request), revision_or_404(request.user, pk)
    reason = request.POST.get("reason", "").strip()
    return _decide(
        request,
        lambda: roll_back_folder(source, revision, request.user, reason=reason),
        f"The folder goes back to {revision.short} and stays there until it changes again.",
    )


@require_POST
def pin_source(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a revision of the folder in service, whatever is saved."""
    source, revision = _folder(request), revision_or_404(request.user, pk)
    return _decide(
        request,
        lambda: pin_folder(source, revision, request.user),
        f"The folder is pinned to {revision.short} until somebody unpins it.",
    )


@require_POST
def unpin_source(request: PageRequest) -> HttpResponse:
    """Follow the folder again."""
    source = _folder(request)
    return _decide(request, lambda: unpin_folder(source, request.user), "The folder is followed again.")


def _folder(request: PageRequest) -> Source:
    require(request.user, "change", Job)
    source = visible_folders(request.user, "change").filter(kind=LOCAL).first()
    if source is None:
        raise Http404
    return source


def _decide(request: PageRequest, decision: Callable[[], object], sentence: str) -> HttpResponse:
    return carry_out(request, decision, sentence, page=("ui:show_source", LOCAL))
