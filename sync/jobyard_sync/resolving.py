"""Which commit of a repository should be in service: decisions of people first, then its branch."""

from __future__ import annotations

from dataclasses import dataclass

from jobyard_repos.errors import RevisionNotFound
from jobyard_repos.history import is_ancestor, read_commit
from jobyard_repos.mirror import Commit, Mirror
from jobyard_server.registry.history_models import PIN, ROLLBACK, SYNC, Quarantine
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.quarantine import quarantined
from jobyard_sync.fetching import fetch


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The answer, and why it is not the tip of the branch where it is not."""

    commit: Commit
    cause: str = SYNC  #: One of ``history_models.CAUSES``.
    tip: Commit | None = None  #: What the branch means, when that is in quarantine.
    quarantine: Quarantine | None = None  #: The newest one.


def resolve(repository: GitRepository, source: Source, mirror: Mirror) -> Resolved:
    """
    The commit that should be in service, in *mirror* from now on.

    A pin and a rollback that is not carried out yet need no network: the mirror keeps what was published.
    Else the remote is asked. While its branch means a commit in quarantine, or one before it, the commit
    that was rolled back to stays.

    Raises:
        ReposError, SecretUnreadable, SyncError: As ``fetch``.
    """
    if repository.pinned_commit:
        return Resolved(commit=_known(repository, repository.pinned_commit, mirror), cause=PIN)
    target = repository.rolled_back_to
    if target and (source.revision is None or source.revision.identifier != target):
        return Resolved(commit=_known(repository, target, mirror), cause=ROLLBACK)
    tip = fetch(repository, mirror)
    bad = quarantined(source) if target else []
    if tip.id == target or not any(is_ancestor(mirror.folder, tip.id, item.identifier) for item in bad):
        return Resolved(commit=tip)
    kept = _known(repository, target, mirror)
    return Resolved(commit=kept, cause=ROLLBACK, tip=tip, quarantine=bad[0])


def _known(repository: GitRepository, commit_id: str, mirror: Mirror) -> Commit:
    """From the mirror; only when that was lost from the remote."""
    try:
        return read_commit(mirror.folder, commit_id)
    except RevisionNotFound:
        return fetch(repository, mirror, commit_id)
