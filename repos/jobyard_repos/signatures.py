"""
Who signed a commit, by keys that are given here and nowhere else.

git picks the verifier by the armour *in the commit*, trusts keys by the date that the author wrote, and says
"Good" of keys that nobody listed. So every verifier is set, the verdict is read from status lines only, and
the fingerprint is compared with our own list by our own clock. Anything unexpected is a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import GitUnavailable
from jobyard_repos.gpg_signature import gpg_fingerprint
from jobyard_repos.objects import ObjectReader
from jobyard_repos.signature_calls import SignatureRefused, Verifiers
from jobyard_repos.ssh_signature import ssh_fingerprint

__all__ = ["GPG", "SSH", "Signer", "Verdict", "check_signature", "keys_of_kind", "listed_signer"]

SSH, GPG = "ssh", "gpg"
_ARMOURS = {b"-----BEGIN SSH SIGNATURE-----": SSH, b"-----BEGIN PGP SIGNATURE-----": GPG}
_LARGEST_COMMIT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A key of the list, in force or not."""

    kind: str  #: ``ssh`` or ``gpg``.
    principal: str  #: Whose it is; no line break, no wildcard.
    public_key: str  #: A line of OpenSSH, or an armoured block.
    fingerprint: str  #: ``SHA256:…``, or 40 upper-case hex digits.
    not_after: datetime | None = None
    is_revoked: bool = False

    def why_not_now(self, now: datetime) -> str:
        """Why its signatures do not count at *now*, whatever date a commit bears; ``""`` when they do."""
        if self.is_revoked:
            return "was revoked"
        if self.not_after is not None and self.not_after <= now:
            return f"expired on {self.not_after:%Y-%m-%d}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a signature is worth."""

    state: Literal["verified", "unsigned", "refused"]
    signer: str = ""  #: Principal of the key, when verified.
    fingerprint: str = ""  #: Of the key that signed, as far as it is known.
    sentence: str = ""  #: Why it is not verified.


def check_signature(
    mirror: Path,
    commit_id: str,
    signers: Sequence[Signer],
    *,
    now: datetime,
    timeout_seconds: float,
    programs: Mapping[str, str] | None = None,
) -> Verdict:
    """
    Judge the signature of one commit.

    Args:
        mirror: Bare repository that holds the commit.
        commit_id: 40 hex digits.
        signers: All keys of the list, also those that are not in force any more.
        now: By our clock.
        timeout_seconds: For everything together; a verifier that takes longer is a refusal.
        programs: Paths of ``gpg``, ``gpgconf`` and ``ssh-keygen``; those of the system when absent.

    Raises:
        RevisionNotFound: The mirror lacks the commit.
    """
    verifiers = Verifiers(deadline=Deadline(timeout_seconds), given=programs or {})
    with ObjectReader(mirror, largest_bytes=_LARGEST_COMMIT_BYTES, timeout_seconds=timeout_seconds) as reader:
        data = reader.read(commit_id).data
    try:
        kind = _kind_of(data)
        if kind is None:
            return Verdict(state="unsigned", sentence="It is not signed.")
        look = ssh_fingerprint if kind == SSH else gpg_fingerprint
        keys = [key.public_key for key in keys_of_kind(kind, signers)]
        fingerprint = look(mirror, commit_id, keys, verifiers)
        signer = listed_signer(kind, fingerprint, signers, now)
    except SignatureRefused as exc:
        return Verdict(state="refused", fingerprint=exc.fingerprint, sentence=str(exc))
    except GitUnavailable as exc:
        return Verdict(state="refused", sentence=f"Its signature cannot be checked: {exc}")
    return Verdict(state="verified", signer=signer.principal, fingerprint=fingerprint)


def _kind_of(commit: bytes) -> str | None:
    """By the armour of the one signature; None when there is none."""
    lines = commit.partition(b"\n\n")[0].split(b"\n")
    values = [line.partition(b" ")[2] for line in lines if line.startswith(b"gpgsig ")]
    others = [line for line in lines if line.startswith(b"gpgsig-")]
    if not values and not others:
        return None
    if others or len(values) != 1:
        raise SignatureRefused("It does not bear exactly one signature.")
    kind = _ARMOURS.get(values[0].strip())
    if kind is None:
        raise SignatureRefused("Its signature is of a kind that is not accepted; use SSH or GPG.")
    return kind


def keys_of_kind(kind: str, signers: Sequence[Signer]) -> list[Signer]:
    """
    Those that could have made a signature of *kind*.

    Raises:
        SignatureRefused: There is none.
    """
    keys = [signer for signer in signers if signer.kind == kind]
    if not keys:
        raise SignatureRefused(
            f"It is signed with {kind.upper()}, and no {kind.upper()} key is trusted here."
        )
    return keys


def listed_signer(kind: str, fingerprint: str, signers: Sequence[Signer], now: datetime) -> Signer:
    """
    The signer of the list whose key that is, if it is in force.

    Raises:
        SignatureRefused: It is not.
    """
    for signer in signers:
        if signer.kind == kind and signer.fingerprint == fingerprint:
            if reason := signer.why_not_now(now):
                raise SignatureRefused(
                    f"It is signed by {signer.principal}, whose key {fingerprint} {reason}.", fingerprint
                )
            return signer
    raise SignatureRefused(f"It is signed by the key {fingerprint}, which is not trusted here.", fingerprint)
