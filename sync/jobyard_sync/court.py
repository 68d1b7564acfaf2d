"""What the signatures of a commit are worth under the rule of its repository, each rule in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils import timezone

from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import RevisionNotFound, SnapshotError
from jobyard_repos.history import commits_since, is_shallow
from jobyard_repos.mirror import Commit, Mirror
from jobyard_repos.signature_calls import SignatureRefused
from jobyard_repos.signatures import Signer, Verdict, check_signature, listed_signer
from jobyard_repos.tag_signature import check_tag
from jobyard_server.registry.models import VERIFIED, GitRepository, Revision, Source
from jobyard_server.registry.signature_rules import STRICT_SINCE, TAG
from jobyard_server.registry.signatures import SignatureFacts, note_signed, signed_by
from jobyard_server.registry.trusted_keys import signers
from jobyard_sync.fetching import fetch

MOST_SECONDS = 30.0  #: For one signature.
MOST_COMMITS = 5000  #: Between the commit that somebody vouches for and the newest one.
_KEPT_TOGETHER = 50  #: Commits that were looked at, before they are remembered.


class Court:
    """Judges commits of one repository under its rule, with the keys and the clock of now."""

    def __init__(self, repository: GitRepository, source: Source, mirror: Mirror) -> None:
        self.mirror = mirror
        self._repository = repository
        self._rule = repository.signature_rule
        self._source = source
        self._signers = signers()
        self._now = timezone.now()
        self._deadline = Deadline(settings.JOBYARD["GIT_TIMEOUT"])

    def facts(self, commit: Commit, *, was_in_service: bool = False) -> SignatureFacts:
        """
        Args:
            commit: In the mirror.
            was_in_service: People go back to it, or it is there now; it does not come from the branch.
        """
        judged = self._judged(commit, was_in_service=was_in_service)
        return SignatureFacts(
            state=judged.verdict.state,
            policy=self._repository.signature_policy,
            signer=judged.verdict.signer,
            fingerprint=judged.verdict.fingerprint,
            note=judged.verdict.sentence,
            keys=judged.keys,
        )

    def _judged(self, commit: Commit, *, was_in_service: bool) -> _Judged:
        if self._rule.is_about_tag:
            return self._as_before(commit) if was_in_service else self._of_tag(commit)
        if self._rule.mode == STRICT_SINCE:
            return self._of_history(commit)
        return _judged(self._signature(commit.id))

    def _of_tag(self, commit: Commit) -> _Judged:
        if not commit.tag:
            return _refused(
                f"{self._repository.branch} is not an annotated tag, and a signed tag is asked for."
            )
        tag = check_tag(
            self.mirror.folder,
            commit.tag,
            self._repository.branch,
            self._signers,
            now=self._now,
            timeout_seconds=self._seconds(),
        )
        if self._rule.mode == TAG or tag.state != VERIFIED:
            return _judged(tag)
        return _judged(self._signature(commit.id), tag.fingerprint)

    def _as_before(self, commit: Commit) -> _Judged:
        """What people go back to was let in under its tag once; it stays so while the keys do."""
        before = Revision.objects.filter(
            source=self._source,
            identifier=commit.id,
            signature_state=VERIFIED,
            signature_policy=self._repository.signature_policy,
        ).first()
        if before is None:
            return _refused("It was never let in by a signed tag.")
        try:
            for key in before.signature_keys:
                self._listed(key)
        except SignatureRefused as exc:
            return _refused(str(exc), exc.fingerprint)
        return _Judged(
            Verdict(
                state="verified", signer=before.signature_signer, fingerprint=before.signature_fingerprint
            ),
            tuple(before.signature_keys),
        )

    def _of_history(self, commit: Commit) -> _Judged:
        """Every commit since the one that somebody vouches for; those of merged side branches too."""
        since = self._rule.since
        if is_shallow(self.mirror.folder):
            fetch(self._repository, self.mirror)  # under this rule with the whole history
        try:
            commits = commits_since(self.mirror.folder, since, commit.id, most=MOST_COMMITS)
        except (RevisionNotFound, SnapshotError) as exc:
            return _refused(f"It cannot be told which commits came since {since[:12]}: {exc}")
        if not commits and commit.id != since:
            return _refused(
                f"It is older than the commit {since[:12]}, since which signatures are asked for."
            )
        if len(commits) > MOST_COMMITS:
            return _refused(f"More than {MOST_COMMITS} commits came since {since[:12]}; choose a newer one.")
        return self._all_of(commits)

    def _all_of(self, commits: Sequence[str]) -> _Judged:
        known = signed_by(self._source, commits)
        fresh: dict[str, str] = {}
        newest = Verdict(state="verified")  # of no commit at all: it is the one that is vouched for
        keys: set[str] = set()
        try:
            for commit in reversed(commits):  # the oldest first, so that the next try goes on from there
                newest = self._remembered(known[commit]) if commit in known else self._signature(commit)
                if newest.state != VERIFIED:
                    return _Judged(_of_another(newest, commit, commits[0]), ())
                keys.add(newest.fingerprint)
                if commit not in known:
                    fresh[commit] = newest.fingerprint
                if len(fresh) == _KEPT_TOGETHER:
                    note_signed(self._source, fresh)
                    fresh = {}
        finally:
            note_signed(self._source, fresh)
        return _Judged(newest, tuple(keys))

    def _remembered(self, fingerprint: str) -> Verdict:
        try:
            signer = self._listed(fingerprint)
        except SignatureRefused as exc:
            return Verdict(state="refused", fingerprint=fingerprint, sentence=str(exc))
        return Verdict(state="verified", signer=signer.principal, fingerprint=fingerprint)

    def _listed(self, fingerprint: str) -> Signer:
        kind = next((item.kind for item in self._signers if item.fingerprint == fingerprint), "")
        return listed_signer(kind, fingerprint, self._signers, self._now)

    def _signature(self, commit_id: str) -> Verdict:
        return check_signature(
            self.mirror.folder, commit_id, self._signers, now=self._now, timeout_seconds=self._seconds()
        )

    def _seconds(self) -> float:
        return max(0.1, min(MOST_SECONDS, self._deadline.remaining()))


@dataclass(frozen=True)
class _Judged:
    verdict: Verdict
    keys: tuple[str, ...]  #: Fingerprints that it rests on.


def _judged(verdict: Verdict, *more: str) -> _Judged:
    return _Judged(verdict, (*more, verdict.fingerprint) if verdict.state == VERIFIED else ())


def _refused(sentence: str, fingerprint: str = "") -> _Judged:
    state: Literal["refused"] = "refused"
    return _Judged(Verdict(state=state, fingerprint=fingerprint, sentence=sentence), ())


def _of_another(verdict: Verdict, commit: str, newest: str) -> Verdict:
    if commit == newest:
        return verdict
    sentence = f"{verdict.sentence} (This is about {commit[:12]}, which came with it.)"
    return Verdict(state=verdict.state, fingerprint=verdict.fingerprint, sentence=sentence)
