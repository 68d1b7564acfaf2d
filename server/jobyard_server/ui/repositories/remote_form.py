"""The part of the form of a repository that is about the way to its remote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from jobyard_repos.connection import FSCK_EXCEPTIONS
from jobyard_server.registry.models import POLL_SECONDS, GitRepository
from jobyard_server.registry.report_models import FORGES
from jobyard_server.registry.signature_rules import OFF, SIGNATURE_POLICIES, STRICT_SINCE
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

_SHOWN = ("poll_interval", "report_to")
_SINCE = "signature_since"  #: The second half of the policy ``strictSince:<commit>``.
_FSCK = "fsck_exceptions"
_SECRETS = ("ssh_key", "report_token")
_NOBODY = {"": "Nobody"}
_CODE = {**SPELLED, "class": "jy-code-input"}
_KEPT = "One is stored; leave this empty to keep it."
_POLICY_HELP = (
    "With the newest commit only, a signed merge lets in unsigned ones below it. A tag has to be named under"
    " Branch."
)


def remote_values(repository: GitRepository | None) -> dict[str, str]:
    """What the form shows at first."""
    if repository is None:
        return {"poll_interval": str(POLL_SECONDS), "signature_policy": OFF, "report_to": ""}
    rule = repository.signature_rule
    return {
        **{name: str(getattr(repository, name)) for name in _SHOWN},
        "signature_policy": rule.mode,
        _SINCE: rule.since,
        _FSCK: ", ".join(repository.fsck_exceptions),
    }


def submitted_remote(sent: QueryDict) -> dict[str, Any]:
    """What was *sent*; an empty secret means "as it is", and a field that is not there too."""
    values: dict[str, Any] = {name: str(sent[name]).strip() for name in _SHOWN if name in sent}
    if mode := sent.get("signature_policy", ""):
        since = sent.get(_SINCE, "").strip()
        values["signature_policy"] = f"{mode}:{since}" if mode == STRICT_SINCE else mode
    if _FSCK in sent:
        values[_FSCK] = [name for part in sent.get(_FSCK, "").split(",") if (name := part.strip())]
    return values | {name: sent[name] for name in _SECRETS if sent.get(name)}


@dataclass(frozen=True, kw_only=True)
class RemoteFields:
    """The controls with their errors."""

    values: Mapping[str, str]
    errors: Mapping[str, list[str]]
    repository: GitRepository | None

    def ssh_key(self) -> FormField:
        has_one = self.repository is not None and bool(self.repository.ssh_key_encrypted)
        return FormField(
            name="ssh_key",
            label="SSH key",
            control="textarea",
            help="For ssh addresses: the private key, or the word generate to have one made here. "
            + (_KEPT if has_one else "Stored encrypted."),
            errors=self.errors.get("ssh_key", []),
            attributes={**_CODE, "rows": "3"},
        )

    def poll_interval(self) -> FormField:
        return FormField(
            name="poll_interval",
            label="Seconds between two looks",
            type="number",
            help="0: not by the clock, only when asked, or when a watched folder changes.",
            value=self.values.get("poll_interval", ""),
            errors=self.errors.get("poll_interval", []),
            attributes={"min": "0", "max": "86400"},
        )

    def signatures(self) -> list[FormField]:
        """What has to be signed, and what is forgiven."""
        return [
            self._selection("signature_policy", "Signatures of commits", _POLICY_HELP, SIGNATURE_POLICIES),
            self._text(
                _SINCE, "Since commit", "For the last of these: the full hash of a commit that you vouch for."
            ),
            self._text(
                _FSCK,
                "Faults of old commits to let in",
                f"Only when a sync says so; separated by commas: {', '.join(FSCK_EXCEPTIONS)}.",
            ),
        ]

    def report(self) -> list[FormField]:
        """Whom to tell of each sync."""
        has_one = self.repository is not None and bool(self.repository.report_token_encrypted)
        return [
            self._selection("report_to", "Tell of each sync", "As a commit status.", _NOBODY | FORGES),
            FormField(
                name="report_token",
                label="Token for that",
                type="password",
                help=_KEPT if has_one else "Stored encrypted.",
                errors=self.errors.get("report_token", []),
                attributes={"autocomplete": "new-password"},
            ),
        ]

    def _text(self, name: str, label: str, help_text: str) -> FormField:
        return FormField(
            name=name,
            label=label,
            help=help_text,
            value=self.values.get(name, ""),
            errors=self.errors.get(name, []),
            attributes=_CODE,
        )

    def _selection(self, name: str, label: str, help_text: str, choices: Mapping[str, str]) -> FormField:
        chosen = self.values.get(name, "")
        options = [Option(value=key, label=text, selected=key == chosen) for key, text in choices.items()]
        return FormField(
            name=name,
            label=label,
            control="select",
            help=help_text,
            value=chosen,
            groups=[OptionGroup(options=options)],
            errors=self.errors.get(name, []),
        )
