"""What is stored about the signature of a revision, and the last look at the policy before publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from jobyard_server.registry.errors import PolicyChanged
from jobyard_server.registry.models import REFUSED, UNSIGNED, VERIFIED, Revision, Source
from jobyard_server.registry.trust_models import SignedCommit, TrustedKey


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What the signature of a revision was worth when it was looked at."""

    state: str  #: Key of ``models.SIGNATURE_STATES``.
    policy: str  #: Under which it was looked at, as the repository has it.
    signer: str = ""  #: Principal of the trusted key.
    fingerprint: str = ""  #: Of the key that signed.
    note: str = ""  #: Why it is not verified.
    keys: tuple[str, ...] = ()  #: Fingerprints of all keys that its being verified rests on.


def check_policy(source: Source, signature: SignatureFacts | None) -> None:
    """
    Look at the policy again, now that the source is locked: it may have been changed since the check.

    Raises:
        PolicyChanged: It requires more than this revision has.
    """
    repository = source.git_repository
    if repository is None or not repository.signature_rule.requires:
        return
    if signature is None or signature.state != VERIFIED or signature.policy != repository.signature_policy:
        raise PolicyChanged
    signing = TrustedKey.objects.filter(fingerprint__in=signature.keys)
    if len([key for key in signing if key.is_in_force]) < len(set(signature.keys)):
        raise PolicyChanged


def note_signature(source_id: UUID, identifier: str, signature: SignatureFacts | None) -> None:
    """Store the newest look at a revision; nothing is forgotten when nobody looked."""
    if signature is None:
        return
    Revision.objects.filter(source_id=source_id, identifier=identifier).update(
        signature_state=signature.state,
        signature_signer=signature.signer[:200],
        signature_fingerprint=signature.fingerprint[:64],
        signature_note=signature.note[:500],
        signature_checked_at=timezone.now(),
        signature_policy=signature.policy,
        signature_keys=sorted(set(signature.keys)),
    )


def why_untrusted(revision: Revision) -> str:
    """Why no new run of *revision* is accepted; ``""`` when it is fine. One query, and only if in doubt."""
    if revision.signature_state not in {REFUSED, UNSIGNED}:
        return ""
    repository = revision.source.git_repository
    if repository is None or not repository.signature_rule.requires:
        return ""
    return f"The commit {revision.short} is not trusted any more: {revision.signature_note}"


def signed_by(source: Source, commits: Sequence[str]) -> dict[str, str]:
    """Fingerprint of the key that signed each of *commits*, as far as that was looked at before."""
    rows = SignedCommit.objects.filter(source=source, commit__in=commits)
    return dict(rows.values_list("commit", "fingerprint"))


def note_signed(source: Source, found: Mapping[str, str]) -> None:
    """Remember what :func:`signed_by` answers."""
    rows = [SignedCommit(source=source, commit=commit, fingerprint=key) for commit, key in found.items()]
    SignedCommit.objects.bulk_create(rows, ignore_conflicts=True)
