"""The list of keys whose signatures count: added, revoked, and what that means for what is in service."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from jobyard_repos.errors import GitUnavailable
from jobyard_repos.gpg_signature import key_fingerprints
from jobyard_repos.host_keys import read_host_key
from jobyard_repos.signature_calls import SignatureRefused
from jobyard_repos.signatures import Signer
from jobyard_server.access.audit import CHANGED, CREATED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import REFUSED, VERIFIED, Revision, Source
from jobyard_server.registry.requests import request_sync
from jobyard_server.registry.signature_rules import OFF
from jobyard_server.registry.trust_models import GPG, SSH, TrustedKey

_ARMOUR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_LONGEST_KEY = 64 * 1024
REVOKED = "The key that signed it was revoked."

logger = logging.getLogger(__name__)


def add_trusted_key(
    principal: str, text: str, user: User | None, *, not_after: datetime | None = None
) -> TrustedKey:
    """
    Accept signatures by this key from now on, and look again at what waits for it.

    Args:
        principal: Whose key it is.
        text: A line of a ``.pub`` file of OpenSSH, or an armoured public GPG key.
        user: Who vouches for it.
        not_after: By our clock; None for no end.

    Raises:
        RepositoryErrors: The key cannot be read, is known, or the name could be read as an option.
    """
    principal = _checked_principal(principal)
    kind, key, fingerprint = _read(text)
    try:
        with transaction.atomic():
            row = TrustedKey.objects.create(
                principal=principal,
                kind=kind,
                key=key,
                fingerprint=fingerprint,
                not_after=not_after,
                added_by=user,
            )
            if user is not None:  # the command line may do everything
                require_covered(user, "add", row)
            record(CREATED, user=user, target=row)
            _look_again()
    except IntegrityError as exc:
        raise RepositoryErrors({"key": ["This key is in the list already."]}) from exc
    logger.info("key trusted", extra={"action": "trust", "fingerprint": fingerprint, "user": str(user)})
    return row


def revoke_trusted_key(key: TrustedKey, user: User | None = None) -> None:
    """
    From this moment no signature by it counts. What it brought into service is not trusted any more: no
    new run of it is accepted where signatures are required, and each repository is looked at again.
    """
    with transaction.atomic():
        TrustedKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
        by_it = Q(signature_fingerprint=key.fingerprint) | Q(signature_keys__contains=[key.fingerprint])
        signed = Revision.objects.filter(by_it, signature_state=VERIFIED)
        signed.update(signature_state=REFUSED, signature_note=REVOKED)
        record(CHANGED, user=user, target=key, fields=["revoked_at"])
        _look_again()
    logger.warning("key revoked", extra={"action": "revoke", "fingerprint": key.fingerprint})


def signers() -> list[Signer]:
    """All keys of the list, in force or not: who signed with an old one is told so."""
    return [
        Signer(
            kind=row.kind,
            principal=row.principal,
            public_key=row.key,
            fingerprint=row.fingerprint,
            not_after=row.not_after,
            is_revoked=row.revoked_at is not None,
        )
        for row in TrustedKey.objects.all()
    ]


def _look_again() -> None:
    for source in Source.objects.exclude(git_repository=None).exclude(git_repository__signature_policy=OFF):
        request_sync(source, automatic=True)


def _checked_principal(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 200 or not text.isprintable():  # noqa: PLR2004  # the column
        raise RepositoryErrors({"principal": ["Enter a name or a mail address, up to 200 characters."]})
    if any(char in text for char in '*?!,"') or text.startswith(("-", "cert-authority")):
        raise RepositoryErrors({"principal": ["A name has no wildcards, commas or quotes."]})
    return text


def _read(text: str) -> tuple[str, str, str]:
    """Kind, key and fingerprint."""
    text = text.strip()
    if len(text) <= _LONGEST_KEY and text.startswith(_ARMOUR):
        return GPG, text, _gpg_fingerprint(text)
    key = None if "\n" in text else read_host_key(text)
    if key is None:
        raise RepositoryErrors(
            {"key": ["Give one line of a .pub file of OpenSSH, or an armoured public GPG key."]}
        )
    return SSH, key.line, key.fingerprint


def _gpg_fingerprint(block: str) -> str:
    try:
        found = key_fingerprints(block)
    except (GitUnavailable, SignatureRefused) as exc:
        raise RepositoryErrors({"key": [f"GPG keys cannot be read here: {exc}"]}) from exc
    if len(found) != 1:
        raise RepositoryErrors({"key": ["Give an armoured block with exactly one public key."]})
    return found[0]
