"""How a source stands: from its lease, its requests and its modules, never from a flag that can stick."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.requests import waiting_requests


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """A word, the icon and colour that go with it, and a sentence where the word is not enough."""

    word: str
    tone: str  #: A status whose colour and icon fit.
    sentence: str = ""


SYNCING: Final = SourceState(word="Syncing", tone="running", sentence="A sync is going on now.")
WAITING: Final = SourceState(word="Waiting", tone="pending", sentence="A sync waits for its turn.")
NEVER: Final = SourceState(word="Never synced", tone="pending", sentence="Nothing was read from here yet.")
IN_STEP: Final = SourceState(word="In step", tone="completed")


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A source in a list, with what lists tell about it."""

    source: Source
    state: SourceState
    job_count: int
    broken_count: int


def git_lines(user: User) -> list[SourceLine]:
    """The Git repositories that *user* may view."""
    repositories = restrict(GitRepository.objects.all(), user, "view")
    sources = Source.objects.filter(git_repository__in=repositories).order_by(Lower("git_repository__name"))
    return lines_of(sources)


def lines_of(sources: QuerySet[Source]) -> list[SourceLine]:
    """Each of *sources* with its state and numbers, in two queries."""
    broken = Q(modules__load_error__isnull=False, modules__is_installed=True)
    counted = sources.select_related("git_repository", "revision").annotate(
        broken_count=Count("modules", filter=broken, distinct=True),
        job_count=Count("modules__jobs", filter=Q(modules__jobs__installed=True), distinct=True),
    )
    rows = list(counted)
    waiting = waiting_for(rows)
    return [
        SourceLine(
            source=source,
            state=state_of(source, is_waiting=source.pk in waiting, broken_count=source.broken_count),
            job_count=source.job_count,
            broken_count=source.broken_count,
        )
        for source in rows
    ]


def waiting_for(sources: Iterable[Source]) -> set[uuid.UUID]:
    """Those of *sources* that a sync is asked for but not begun."""
    keys = waiting_requests().filter(source_model__in=sources).values_list("source_model", flat=True)
    return {key for key in keys if key}


def state_of(source: Source, *, is_waiting: bool, broken_count: int) -> SourceState:
    if source.is_syncing:
        return SYNCING
    if is_waiting:
        return WAITING
    if source.error:
        return SourceState(word="Sync failed", tone="errored", sentence=source.error)
    if broken_count:
        modules = "1 module does" if broken_count == 1 else f"{broken_count} modules do"
        return SourceState(word="Load errors", tone="failed", sentence=f"{modules} not load.")
    return IN_STEP if source.last_synced else NEVER
