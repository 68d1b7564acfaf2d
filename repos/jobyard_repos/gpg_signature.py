"""The key behind a GPG signature, checked with a keyring that was made for this call."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from jobyard_repos.deadline import Deadline
from jobyard_repos.private_files import private_folder
from jobyard_repos.processes import GitProcess
from jobyard_repos.signature_calls import Outcome, SignatureRefused, Verifiers, run, signature_call

_STATUS = re.compile(rb"^\[GNUPG:\] ([A-Z_]+)(?: ([^\n]*))?$", re.MULTILINE)
_BAD = {b"BADSIG", b"ERRSIG", b"REVKEYSIG", b"EXPKEYSIG", b"EXPSIG"}
_FINGERPRINT = re.compile(rb"[0-9A-F]{40}")
_PRIMARY_FIELD = 9  # of VALIDSIG: the primary key's fingerprint, when a subkey signed
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def gpg_fingerprint(
    mirror: Path, object_id: str, blocks: Iterable[str], verifiers: Verifiers, *, verb: str = "verify-commit"
) -> str:
    """
    Fingerprint of the primary key that signed a commit or a tag; which keys count is for the caller to say.

    Args:
        mirror: Bare repository.
        object_id: 40 hex digits.
        blocks: Armoured public keys.
        verifiers: Programs and deadline.
        verb: ``verify-commit`` or ``verify-tag``.

    Raises:
        SignatureRefused: The signature is bad, or by a key that is not among these.
    """
    gpg = verifiers.path("gpg")
    with _keyring(blocks, verifiers) as home:
        outcome = signature_call(
            mirror,
            *(verb, "--raw", object_id),
            config={"gpg.program": gpg, "gpg.openpgp.program": gpg},
            deadline=verifiers.deadline,
            more_environment={"GNUPGHOME": home},
        )
    return _read(outcome)


def key_fingerprints(block: str, *, timeout_seconds: float = 20.0) -> list[str]:
    """
    The primary keys in an armoured block.

    Raises:
        GitUnavailable: gpg is not installed.
        SignatureRefused: gpg took too long.
    """
    verifiers = Verifiers(deadline=Deadline(timeout_seconds))
    with _keyring([block], verifiers) as home:
        argv = [verifiers.path("gpg"), "--batch", "--no-tty", "--with-colons", "--list-keys"]
        listing = run(
            argv, environment=_environment(home), folder=Path(home), deadline=verifiers.deadline
        ).stdout
    found, is_primary = [], False
    for line in listing.splitlines():
        fields = line.split(b":")
        if fields[0] in {b"pub", b"sub"}:
            is_primary = fields[0] == b"pub"
        elif fields[0] == b"fpr" and is_primary:
            found.append(fields[9].decode("ascii", "replace"))
            is_primary = False
    return found


@contextlib.contextmanager
def _keyring(blocks: Iterable[str], verifiers: Verifiers) -> Iterator[str]:
    files = {f"{number}.asc": block for number, block in enumerate(blocks)}
    with private_folder(files) as folder:
        home = str(folder)
        try:
            names = [str(folder / name) for name in files]
            argv = [verifiers.path("gpg"), "--batch", "--no-tty", "--quiet", "--import", *names]
            run(argv, environment=_environment(home), folder=folder, deadline=verifiers.deadline)
            yield home
        finally:
            _end_helpers(home, verifiers.path("gpgconf"))


def _end_helpers(home: str, gpgconf: str) -> None:
    """Gpg leaves an agent behind, outside of our process group."""
    argv = [gpgconf, "--homedir", home, "--kill", "all"]
    with GitProcess(argv, environment=_environment(home), folder=Path("/"), timeout_seconds=5.0) as process:
        process.wait()


def _environment(home: str) -> dict[str, str]:
    return {**_ENVIRONMENT, "GNUPGHOME": home, "HOME": home}


def _read(outcome: Outcome) -> str:
    """From status lines only: an author writes names and messages, and could write "Good" there."""
    lines = [(match[1], (match[2] or b"").split()) for match in _STATUS.finditer(outcome.stderr)]
    words = [word for word, _ in lines]
    valid = [fields for word, fields in lines if word == b"VALIDSIG"]
    if outcome.returncode != 0 or len(valid) != 1 or _BAD & set(words):
        raise SignatureRefused(_reason(words))
    primary = valid[0][_PRIMARY_FIELD] if len(valid[0]) > _PRIMARY_FIELD else valid[0][0]
    if not _FINGERPRINT.fullmatch(primary):
        raise SignatureRefused("Its GPG signature is of a kind that is not accepted.")
    return primary.decode()


def _reason(words: list[bytes]) -> str:
    if b"NO_PUBKEY" in words:
        return "It is signed with a GPG key that is not trusted here."
    if b"REVKEYSIG" in words:
        return "It is signed with a GPG key that its owner revoked."
    if b"EXPKEYSIG" in words or b"EXPSIG" in words:
        return "It is signed with a GPG key, or a signature, that has expired."
    return "It is signed with GPG, but the signature is not good."
