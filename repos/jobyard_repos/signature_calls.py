"""The git calls that look at signatures: every verifier set, output bounded, nothing ambient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobyard_repos.deadline import Deadline
from jobyard_repos.hardened import NO_PROTOCOL, arguments, empty_home, environment
from jobyard_repos.processes import GitProcess, Tail, drain
from jobyard_repos.programs import NONE, program

_OUTPUT_KEPT = 64 * 1024


class SignatureRefused(Exception):  # noqa: N818  # an event of the domain; caught in signatures.py
    """The signature does not count; the text says why."""

    def __init__(self, sentence: str, fingerprint: str = "") -> None:
        super().__init__(sentence)
        self.fingerprint = fingerprint


@dataclass(frozen=True, kw_only=True)
class Verifiers:
    """The programs that look at signatures, by path, and when they must have done so."""

    deadline: Deadline
    given: Mapping[str, str] = field(default_factory=dict)  #: In the place of those of the system.

    def path(self, name: str) -> str:
        """
        Of ``gpg``, ``gpgconf`` or ``ssh-keygen``.

        Raises:
            GitUnavailable: It is not installed.
        """
        return self.given.get(name) or program(name)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a call said; the last 64 KiB of each stream."""

    returncode: int
    stdout: bytes
    stderr: bytes


def signature_call(
    mirror: Path,
    *command: str,
    config: dict[str, str],
    deadline: Deadline,
    more_environment: dict[str, str] | None = None,
) -> Outcome:
    """
    One git call over the mirror.

    Args:
        mirror: Bare repository.
        command: With a full commit id.
        config: Configuration that names programs and files; what it does not name is switched off.
        deadline: A call that takes longer is a refusal.
        more_environment: Such as the home of gpg.

    Raises:
        SignatureRefused: It took too long.
    """
    complete = {
        "gpg.program": NONE,
        "gpg.openpgp.program": NONE,
        "gpg.ssh.program": NONE,
        "gpg.x509.program": NONE,
        **config,
    }
    return run(
        [*arguments(mirror, *(f"{key}={value}" for key, value in complete.items())), *command],
        environment={
            **environment(scheme=NO_PROTOCOL, home=empty_home(mirror)),
            **(more_environment or {}),
        },
        folder=mirror,
        deadline=deadline,
    )


def run(argv: list[str], *, environment: dict[str, str], folder: Path, deadline: Deadline) -> Outcome:
    """
    Run a program to its end, keeping the tail of what it says.

    Raises:
        SignatureRefused: It took too long.
    """
    stdout, stderr = Tail(_OUTPUT_KEPT), Tail(_OUTPUT_KEPT)
    with GitProcess(
        argv,
        environment=environment,
        folder=folder,
        timeout_seconds=deadline.remaining(),
        stdout=True,
        stderr=True,
    ) as process:
        drain({process.stdout.fileno(): stdout, process.stderr.fileno(): stderr})
        returncode = process.wait()
    if process.timed_out:
        raise SignatureRefused(f"Its signature was not checked within {deadline.seconds:g} s.")
    return Outcome(returncode=returncode, stdout=stdout.data, stderr=stderr.data)
