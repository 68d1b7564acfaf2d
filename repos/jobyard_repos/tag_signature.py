"""
Who signed a tag, and whether it is the tag that was asked for.

A tag object is signed with its own name in it: without comparing that, a signed ``v1.0`` could be offered
under the name ``v2.0``. Judged by the same keys and the same clock as commits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import GitUnavailable
from jobyard_repos.gpg_signature import gpg_fingerprint
from jobyard_repos.objects import ObjectReader
from jobyard_repos.private_files import private_folder
from jobyard_repos.signature_calls import SignatureRefused, Verifiers, signature_call
from jobyard_repos.signatures import GPG, SSH, Signer, Verdict, keys_of_kind, listed_signer
from jobyard_repos.ssh_signature import bare_key

_BEGINS = re.compile(rb"^-----BEGIN (SSH|PGP) SIGNATURE-----$", re.MULTILINE)
_KINDS = {b"SSH": SSH, b"PGP": GPG}
_ANY_ARMOUR = re.compile(rb"^-----BEGIN [A-Z ]*(?:SIGNATURE|MESSAGE)-----", re.MULTILINE)
_SSH_BLOCK = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\n?\Z"
)
_MAGIC = b"SSHSIG\x00\x00\x00\x01"
_LARGEST_TAG_BYTES = 1024 * 1024


def check_tag(
    mirror: Path,
    tag_id: str,
    name: str,
    signers: Sequence[Signer],
    *,
    now: datetime,
    timeout_seconds: float,
    programs: Mapping[str, str] | None = None,
) -> Verdict:
    """
    Judge the signature of a tag object.

    Args:
        mirror: Bare repository that holds it.
        tag_id: Of the object, 40 hex digits.
        name: That it must bear inside: what was asked for.
        signers: All keys of the list, also those that are not in force any more.
        now: By our clock.
        timeout_seconds: For everything together.
        programs: As for ``check_signature``.

    Raises:
        RevisionNotFound: The mirror lacks it.
    """
    verifiers = Verifiers(deadline=Deadline(timeout_seconds), given=programs or {})
    with ObjectReader(mirror, largest_bytes=_LARGEST_TAG_BYTES, timeout_seconds=timeout_seconds) as reader:
        data = reader.read(tag_id).data
    try:
        _check_name(data, name)
        kind = _kind_of(data)
        if kind is None:
            return Verdict(state="unsigned", sentence=f"The tag {name} is not signed.")
        look = _ssh_fingerprint if kind == SSH else _gpg_fingerprint
        fingerprint = look(mirror, tag_id, data, keys_of_kind(kind, signers), verifiers)
        signer = listed_signer(kind, fingerprint, signers, now)
    except SignatureRefused as exc:
        return Verdict(state="refused", fingerprint=exc.fingerprint, sentence=f"The tag {name}: {exc}")
    except GitUnavailable as exc:
        return Verdict(state="refused", sentence=f"The signature of the tag cannot be checked: {exc}")
    return Verdict(state="verified", signer=signer.principal, fingerprint=fingerprint)


def _check_name(data: bytes, name: str) -> None:
    """The first ``tag`` line; git writes exactly one, before the empty line."""
    names = [line[4:] for line in data.partition(b"\n\n")[0].split(b"\n") if line.startswith(b"tag ")]
    if names != [name.encode()]:
        raise SignatureRefused("It bears another name inside, so it was made for something else.")


def _kind_of(data: bytes) -> str | None:
    """By the armour of the one signature, which ends the object; None when there is none."""
    found = _ANY_ARMOUR.findall(data)
    if not found and b"\ngpgsig" not in data.partition(b"\n\n")[0]:
        return None
    begins = _BEGINS.findall(data)
    if len(found) != 1 or len(begins) != 1:
        raise SignatureRefused("It does not bear exactly one SSH or GPG signature.")
    return _KINDS[begins[0]]


def _gpg_fingerprint(
    mirror: Path, tag_id: str, _: bytes, keys: Sequence[Signer], verifiers: Verifiers
) -> str:
    return gpg_fingerprint(mirror, tag_id, [key.public_key for key in keys], verifiers, verb="verify-tag")


def _ssh_fingerprint(
    mirror: Path, tag_id: str, data: bytes, keys: Sequence[Signer], verifiers: Verifiers
) -> str:
    """
    Of the one listed key that verifies it. git does not say of a tag which key that was, so it is asked about
    exactly the key that the signature names.
    """
    fingerprint = _named_key(data)
    key = next((key for key in keys if key.fingerprint == fingerprint), None)
    if key is None:
        raise SignatureRefused(
            f"It is signed by the key {fingerprint}, which is not trusted here.", fingerprint
        )
    allowed = f'0 namespaces="git" {bare_key(key.public_key)}\n'
    with private_folder({"allowed": allowed, "revoked": ""}) as folder:
        config = {
            "gpg.ssh.program": verifiers.path("ssh-keygen"),
            "gpg.ssh.allowedSignersFile": f"{folder}/allowed",
            "gpg.ssh.revocationFile": f"{folder}/revoked",
        }
        command = ("verify-tag", "--raw", tag_id)
        outcome = signature_call(mirror, *command, config=config, deadline=verifiers.deadline)
    if outcome.returncode != 0:
        raise SignatureRefused("It is signed with SSH, but the signature is not good.", fingerprint)
    return fingerprint


def _named_key(data: bytes) -> str:
    """Fingerprint of the public key in the signature block (PROTOCOL.sshsig of OpenSSH)."""
    block = _SSH_BLOCK.search(data)
    try:
        blob = base64.b64decode(block[1].replace(b"\n", b""), validate=True) if block else b""
    except binascii.Error:
        blob = b""
    length = int.from_bytes(blob[len(_MAGIC) : len(_MAGIC) + 4], "big")
    key = blob[len(_MAGIC) + 4 : len(_MAGIC) + 4 + length]
    if not blob.startswith(_MAGIC) or not key or len(key) != length:
        raise SignatureRefused("It is signed with SSH, but the signature cannot be read.")
    return f"SHA256:{base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip('=')}"
