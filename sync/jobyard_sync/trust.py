"""The step between fetching and writing files: who signed this commit, and whether that is enough."""

from __future__ import annotations

from jobyard_repos.errors import RevisionNotFound
from jobyard_repos.history import read_commit
from jobyard_repos.mirror import Commit, Mirror
from jobyard_server.registry.commit_statuses import report_refusal
from jobyard_server.registry.history_models import SYNC
from jobyard_server.registry.models import VERIFIED, GitRepository, Source
from jobyard_server.registry.signatures import SignatureFacts, note_signature
from jobyard_sync.court import Court
from jobyard_sync.errors import SyncError
from jobyard_sync.resolving import Resolved


def judge(
    repository: GitRepository, source: Source, mirror: Mirror, resolved: Resolved
) -> SignatureFacts | None:
    """
    What the signatures of the commit are worth under the policy of *repository*; None when nobody looks.

    Raises:
        SyncError: The policy requires signatures that count, and these do not. Nothing was written, but if
            this commit is in service already, or what is in service was never looked at, its revision now
            says so.
    """
    rule = repository.signature_rule
    if not rule.looks:
        return None
    court = Court(repository, source, mirror)
    commit = resolved.commit
    facts = court.facts(commit, was_in_service=resolved.cause != SYNC)
    if rule.requires and facts.state != VERIFIED:
        _look_at_what_is_in_service(court, source, commit, facts)
        sentence = (
            f"The commit {commit.id} is not let in: {facts.note} Signatures by trusted keys are "
            "required here."
        )
        report_refusal(repository, commit.id, sentence)
        raise SyncError(sentence)
    return facts


def warning(facts: SignatureFacts | None) -> list[str]:
    """What a person should know about a commit that was let in all the same."""
    if facts is None or facts.state == VERIFIED:
        return []
    return [f"The signature of this commit is not verified: {facts.note}"]


def _look_at_what_is_in_service(court: Court, source: Source, commit: Commit, facts: SignatureFacts) -> None:
    """The rule may be newer than what it should have kept out: no new run of that is accepted any more."""
    revision = source.revision
    if revision is None:
        return
    if revision.identifier == commit.id:
        note_signature(source.pk, commit.id, facts)
    elif revision.signature_policy != facts.policy:
        try:
            known = read_commit(court.mirror.folder, revision.identifier)
        except RevisionNotFound:
            return
        note_signature(source.pk, known.id, court.facts(known, was_in_service=True))
