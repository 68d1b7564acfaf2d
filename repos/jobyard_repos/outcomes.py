"""Each failed call becomes an error of one of our own kinds, with a sentence for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from jobyard_repos.connection import FSCK_EXCEPTIONS
from jobyard_repos.errors import FetchError, FetchKind
from jobyard_repos.outcome_rules import BY_STATUS, NO_GIT_SERVER, RULES
from jobyard_repos.redaction import redact
from jobyard_repos.remotes import RemoteUrl

_MISSING_REF = re.compile(rb"couldn't find remote ref ")
_HOST_KEY = re.compile(rb"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED")
_STATUS = re.compile(rb"returned error: (\d{3})")
_FSCK = re.compile(rb"(?:error|warning) in \w+ [0-9a-f]+: (\w+)|object [0-9a-f]+: (\w+):")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that did not work, as it was seen from outside."""

    returncode: int
    stderr: bytes
    timed_out: bool
    hit_size_limit: bool
    location: str  #: Where the server redirected to; ``""`` when it did not.
    retry_after_seconds: int | None


def is_missing_ref(failure: Failure) -> bool:
    """Tell whether the remote answered well, but has no ref of that name."""
    return _MISSING_REF.search(failure.stderr) is not None


def is_host_key_refused(failure: Failure) -> bool:
    """Tell whether ssh went away because the server shows a key that is not among the known ones."""
    return _HOST_KEY.search(failure.stderr) is not None


def not_a_git_server(remote: RemoteUrl) -> FetchError:
    """The error for a server that answered, but in no language of git."""
    return FetchError(NO_GIT_SERVER.format(remote=remote), kind="unsupported", permanent=True)


def explain(
    failure: Failure, remote: RemoteUrl, *, timeout_seconds: float, secrets: tuple[str, ...]
) -> FetchError:
    """Make the error that callers see. No credential is in it."""
    if failure.timed_out:
        return FetchError(f"{remote} did not answer within {timeout_seconds:g} s.", kind="timeout")
    if failure.hit_size_limit:
        return FetchError(
            f"{remote} sends more than the size limit of a fetch.", kind="too_large", permanent=True
        )
    status = _STATUS.search(failure.stderr)
    if status is not None:
        return _by_status(int(status[1]), failure, remote, secrets)
    for rule in RULES:
        if rule.pattern.search(failure.stderr):
            sentence = rule.sentence.format(remote=remote, id=_fsck_id(failure.stderr))
            if rule.is_fsck and _fsck_id(failure.stderr) in FSCK_EXCEPTIONS:
                sentence += (
                    " Old histories can have such objects; this repository can be told to let them in."
                )
            return FetchError(sentence, kind=rule.kind, permanent=rule.permanent)
    return FetchError(
        f"git could not fetch from {remote} (exit status {failure.returncode}): "
        f"{redact(failure.stderr, secrets) or 'it gave no reason'}",
        kind="unknown",
    )


def _by_status(status: int, failure: Failure, remote: RemoteUrl, secrets: tuple[str, ...]) -> FetchError:
    if status in range(300, 400):
        return FetchError(
            f"{remote} redirects to {_shown(failure.location, secrets)}, which is not followed; "
            "use the new address.",
            kind="redirect",
            permanent=True,
        )
    default: tuple[FetchKind, bool, str] = ("network", False, f"{{remote}} answers with the error {status}.")
    kind, permanent, sentence = BY_STATUS.get(status, default)
    return FetchError(
        sentence.format(remote=remote),
        kind=kind,
        permanent=permanent,
        retry_after_seconds=failure.retry_after_seconds,
    )


def _shown(location: str, secrets: tuple[str, ...]) -> str:
    """The target of a redirect without user name, query and git's own suffix."""
    try:
        parts = urlsplit(location)
        target = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "an address that is not valid"
    if not parts.hostname:
        return "another path of the same server" if location else "another address"
    path = re.sub(r"/(info/refs|git-upload-pack)$", "", parts.path)
    return redact(f"{target}{path}".encode(errors="replace"), secrets)[:300]


def _fsck_id(stderr: bytes) -> str:
    match = _FSCK.search(stderr)
    return (match[1] or match[2]).decode() if match else "no reason given"
