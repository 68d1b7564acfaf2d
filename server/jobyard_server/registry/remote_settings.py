"""How a repository is watched, checked and reported on: the fields beside address and branch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jobyard_repos.connection import FSCK_EXCEPTIONS
from jobyard_repos.remotes import RemoteUrl
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.report_models import FORGES
from jobyard_server.registry.signature_rules import read_rule

SHORTEST_POLL_SECONDS, LONGEST_POLL_SECONDS = 10, 24 * 3600
FIELDS = ("poll_interval", "fsck_exceptions", "signature_policy", "report_to")


def set_remote_settings(repository: GitRepository, remote: RemoteUrl, given: Mapping[str, Any]) -> None:
    """
    Check what is *given* and put it on *repository*; saving is left to the caller.

    Raises:
        RepositoryErrors: With the messages of all fields; nothing was changed.
    """
    errors: dict[str, list[str]] = {}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        try:
            checked[name] = _CHECKS[name](value)
        except ValueError as exc:
            errors[name] = [str(exc)]
    if checked.get("report_to") and remote.scheme == "file":
        errors["report_to"] = ["A folder of this machine has no forge that could be told."]
    if errors:
        raise RepositoryErrors(errors)
    for name, value in checked.items():
        setattr(repository, name, value)


def _poll_interval(value: object) -> int:
    sentence = f"Use 0 (not by the clock) or {SHORTEST_POLL_SECONDS} to {LONGEST_POLL_SECONDS} seconds."
    try:
        seconds = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else -1
    except ValueError:
        raise ValueError(sentence) from None
    if seconds != 0 and not SHORTEST_POLL_SECONDS <= seconds <= LONGEST_POLL_SECONDS:
        raise ValueError(sentence)
    return seconds


def _fsck_exceptions(value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError("Expected a list of items.")  # noqa: TRY004  # one kind of error for all fields
    for item in value:
        if item not in FSCK_EXCEPTIONS:
            raise ValueError(f'"{item}" is not a valid choice; use some of {", ".join(FSCK_EXCEPTIONS)}.')
    return list(dict.fromkeys(value))


def _signature_policy(value: object) -> str:
    return str(read_rule(value if isinstance(value, str) else ""))


def _choice_of(choices: Mapping[str, str]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(
                f'"{value}" is not a valid choice; use one of {", ".join(filter(None, choices))}.'
            )
        return value

    return check


_CHECKS: dict[str, Callable[[object], Any]] = {
    "poll_interval": _poll_interval,
    "fsck_exceptions": _fsck_exceptions,
    "signature_policy": _signature_policy,
    "report_to": _choice_of({"": "", **FORGES}),
}
