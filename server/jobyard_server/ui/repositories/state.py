"""How a source stands: from its lease, its requests and its modules, never from a flag that can stick."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may_all, restrict
from jobyard_server.registry.history_models import HeldPush
from jobyard_server.registry.models import GitRepository, Job, Source
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.registry.visible import visible_modules


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """A word, the icon and colour that go with it, and a sentence where the word is not enough."""

    word: str
    tone: str  #: A status whose colour and icon fit.
    sentence: str = ""


SYNCING: Final = SourceState(word="Syncing", tone="running", sentence="A sync is going on now.")
WAITING: Final = SourceState(word="Waiting", tone="pending", sentence="A sync waits for its turn.")
HELD: Final = SourceState(word="Waits for you", tone="timed_out", sentence="A push waits for a confirmation.")
NEVER: Final = SourceState(word="Never synced", tone="pending", sentence="Nothing was read from here yet.")
IN_STEP: Final = SourceState(word="In step", tone="completed")


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A source in a list, with what lists tell about it."""

    source: Source
    state: SourceState
    job_count: int
    broken_count: int

    @property
    def is_held(self) -> bool:
        """Nothing failed: somebody has to confirm a push."""
        return self.state is HELD


def git_lines(user: User) -> list[SourceLine]:
    """The Git repositories that *user* may view."""
    repositories = restrict(GitRepository.objects.all(), user, "view")
    sources = Source.objects.filter(git_repository__in=repositories).order_by(Lower("git_repository__name"))
    return lines_of(sources, user)


def lines_of(sources: QuerySet[Source], user: User) -> list[SourceLine]:
    """Each of *sources* with its state and the numbers of what *user* may see, in two queries."""
    broken = Q(modules__load_error__isnull=False, modules__is_installed=True)
    jobs = Q(modules__jobs__installed=True)
    if not may_all(user, "view", Job):
        broken &= Q(modules__in=visible_modules(user).order_by())
        jobs &= Q(modules__jobs__in=restrict(Job.objects.all(), user, "view").order_by())
    counted = sources.select_related("git_repository", "revision").annotate(
        broken_count=Count("modules", filter=broken, distinct=True),
        is_held=Exists(HeldPush.objects.filter(source=OuterRef("pk"), confirmed_at__isnull=True)),
        job_count=Count("modules__jobs", filter=jobs, distinct=True),
    )
    rows = list(counted)
    waiting = waiting_for(rows)
    return [
        SourceLine(
            source=source,
            state=state_of(
                source,
                is_waiting=source.pk in waiting,
                broken_count=source.broken_count,
                is_held=source.is_held,
            ),
            job_count=source.job_count,
            broken_count=source.broken_count,
        )
        for source in rows
    ]


def waiting_for(sources: Iterable[Source]) -> set[uuid.UUID]:
    """Those of *sources* that a sync is asked for but not begun."""
    keys = waiting_requests().filter(source_model__in=sources).values_list("source_model", flat=True)
    return {key for key in keys if key}


def state_of(source: Source, *, is_waiting: bool, broken_count: int, is_held: bool = False) -> SourceState:
    """The first of these words that applies."""
    if source.is_syncing:
        return SYNCING
    if is_waiting:
        return WAITING
    if is_held:
        return HELD
    if source.error:
        return SourceState(word="Sync failed", tone="errored", sentence=source.error)
    if broken_count:
        modules = "1 module does" if broken_count == 1 else f"{broken_count} modules do"
        return SourceState(word="Load errors", tone="failed", sentence=f"{modules} not load.")
    return IN_STEP if source.last_synced else NEVER
