"""The key behind an SSH signature, checked by ssh-keygen against a list that was made for this call."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jobyard_repos.private_files import private_folder
from jobyard_repos.signature_calls import SignatureRefused, Verifiers, signature_call

_NAMESPACE = 'namespaces="git"'
_GOOD = b"G"


def ssh_fingerprint(mirror: Path, commit_id: str, listed: Iterable[str], verifiers: Verifiers) -> str:
    """
    Fingerprint of the listed key that signed the commit. When a key counts is for the caller to decide.

    Args:
        mirror: Bare repository.
        commit_id: 40 hex digits.
        listed: Public keys, one line each.
        verifiers: Programs and deadline.

    Raises:
        SignatureRefused: The signature is bad, or by none of these keys.
    """
    # No valid-before: git would compare it with the date that the author wrote into the commit.
    lines = [f"{number} {_NAMESPACE} {bare_key(key)}\n" for number, key in enumerate(listed)]
    with private_folder({"allowed": "".join(lines), "revoked": ""}) as folder:
        config = {
            "gpg.ssh.program": verifiers.path("ssh-keygen"),
            "gpg.ssh.allowedSignersFile": f"{folder}/allowed",
            "gpg.ssh.revocationFile": f"{folder}/revoked",
        }
        verified = signature_call(
            mirror, "verify-commit", "--raw", commit_id, config=config, deadline=verifiers.deadline
        )
        shown = signature_call(
            mirror,
            *("log", "-1", "--no-show-signature", "--format=%G?%x00%GF", commit_id),
            config=config,
            deadline=verifiers.deadline,
        )
    letter, _, fingerprint = shown.stdout.strip().partition(b"\0")
    name = fingerprint.decode("ascii", "replace") if fingerprint.startswith(b"SHA256:") else ""
    if verified.returncode != 0 or shown.returncode != 0 or letter != _GOOD or not name:
        by = f" by the key {name}, which is not trusted here" if name else ", but the signature is not good"
        raise SignatureRefused(f"It is signed with SSH{by}.", name)
    return name


def bare_key(line: str) -> str:
    """Kind and key of a line of OpenSSH, without the comment."""
    return " ".join(line.split()[:2])
