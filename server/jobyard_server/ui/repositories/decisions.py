"""The buttons of a repository that decide what is in service: roll back, pin, unpin, confirm."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from jobyard_server.registry.decisions import confirm, pin, roll_back, unpin
from jobyard_server.registry.models import GitRepository
from jobyard_server.ui.permitted import require_on
from jobyard_server.ui.repositories.views import repository_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.access import revision_or_404
from jobyard_server.ui.revisions.deciding import carry_out


@require_POST
def roll_back_repository(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Put an earlier revision into service; the one in service goes into quarantine."""
    repository = _decidable(request, slug)
    revision = revision_or_404(request.user, pk)
    reason = request.POST.get("reason", "").strip()
    return _decide(
        request,
        repository,
        lambda: roll_back(repository, revision, request.user, reason=reason),
        f"{repository.name} goes back to {revision.short} and stays there until a newer commit comes.",
    )


@require_POST
def pin_repository(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Keep a revision in service, whatever is pushed."""
    repository = _decidable(request, slug)
    revision = revision_or_404(request.user, pk)
    return _decide(
        request,
        repository,
        lambda: pin(repository, revision, request.user),
        f"{repository.name} is pinned to {revision.short} until somebody unpins it.",
    )


@require_POST
def unpin_repository(request: PageRequest, slug: str) -> HttpResponse:
    """Follow the branch again."""
    repository = _decidable(request, slug)
    sentence = f"{repository.name} follows {repository.branch} again."
    return _decide(request, repository, lambda: unpin(repository, request.user), sentence)


@require_POST
def confirm_push(request: PageRequest, slug: str) -> HttpResponse:
    """Let a push that would remove many jobs go ahead."""
    repository = _decidable(request, slug)
    commit = request.POST.get("commit", "")
    return _decide(
        request,
        repository,
        lambda: confirm(repository, request.user, commit=commit),
        f"The push of {repository.name} goes ahead.",
    )


def _decidable(request: PageRequest, slug: str) -> GitRepository:
    repository = repository_or_404(request, slug)
    require_on(request.user, "rollback", repository)
    return repository


def _decide(
    request: PageRequest, repository: GitRepository, decision: Callable[[], object], sentence: str
) -> HttpResponse:
    return carry_out(request, decision, sentence, page=("ui:show_repository", repository.slug))
