"""The form of a Git repository. What is valid is decided by ``registry.repositories``, not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from jobyard_server.registry.forges import FORGES
from jobyard_server.registry.models import DEFAULT_JOB_PATHS, GitRepository
from jobyard_server.ui.repositories.remote_form import RemoteFields, remote_values, submitted_remote
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FieldGroup, FormField, Option, OptionGroup

TEXTS: Final = ("name", "remote_url", "branch", "slug", "username", "job_paths", "forge")
TOKEN, FORGET, STRICT = "token", "forget_token", "strict"
WAITING = "new_jobs_wait"  #: The opposite of ``auto_enable``: a box that nobody ticks changes nothing.
_WITH_DEFAULT: Final = ("job_paths", "forge")  #: Forms of before do not send them.
Errors = Mapping[str, list[str]]


def values_of(repository: GitRepository | None) -> dict[str, str]:
    """What the form shows at first."""
    if repository is None:
        return {"branch": "main", "job_paths": ", ".join(DEFAULT_JOB_PATHS)} | remote_values(None)
    values = {name: getattr(repository, name) for name in TEXTS}
    return {
        **values,
        **remote_values(repository),
        "job_paths": ", ".join(repository.job_paths),
        STRICT: "on" if repository.strict else "",
        WAITING: "" if repository.auto_enable else "on",
    }


def submitted(sent: QueryDict) -> dict[str, Any]:
    """What was *sent*, as ``registry.repositories`` takes it; an empty token means "as it is"."""
    values: dict[str, Any] = {
        name: sent.get(name, "").strip() for name in TEXTS if name in sent or name not in _WITH_DEFAULT
    }
    values[STRICT] = bool(sent.get(STRICT))
    values["auto_enable"] = not sent.get(WAITING)
    if token := sent.get(TOKEN, ""):
        values[TOKEN] = token
    elif sent.get(FORGET):
        values[TOKEN] = ""
    return values | submitted_remote(sent)


def groups_of(
    values: Mapping[str, str], errors: Errors, *, repository: GitRepository | None = None
) -> list[FieldGroup]:
    """The controls with their *errors*: first what everybody fills in, then what few need."""

    def text(name: str, label: str, help_text: str, **more: Any) -> FormField:
        return FormField(
            name=name,
            label=label,
            help=help_text,
            value=values.get(name, ""),
            errors=list(errors.get(name, [])),
            attributes={**SPELLED, "class": "" if name in _PROSE else "jy-code-input"},
            **more,
        )

    def tick(name: str, label: str, help_text: str = "") -> FormField:
        checked = bool(values.get(name))
        return FormField(name=name, label=label, control="checkbox", help=help_text, checked=checked)

    remote = RemoteFields(values=values, errors=errors, repository=repository)
    stored = [tick(FORGET, "Forget the stored token")] if repository and repository.token_encrypted else []
    groups = {
        "": [
            text("name", "Name", "What people call it.", required=True),
            text("remote_url", "Remote URL", _remote_help(), required=True),
            text("branch", "Branch", "A branch, a tag or a full commit hash.", required=True),
            text("job_paths", "Job paths", _PATHS_HELP, required=True),
        ],
        "Access to a private repository": [
            text("username", "User name", "Only for servers that want one with the token."),
            _token_field(repository, errors),
            *stored,
            remote.ssh_key(),
        ],
        "What is published, and when": [
            text("slug", "Slug", _slug_help(repository)),
            tick(STRICT, "Strict", _STRICT_HELP),
            tick(WAITING, "New jobs wait", "Nobody can run a new job before somebody has enabled it."),
            remote.poll_interval(),
        ],
        "Signatures and old commits": remote.signatures(),
        "Links and commit statuses": [_forge_field(values, errors), *remote.report()],
    }
    return [
        FieldGroup(heading=heading, fields=fields, can_fold=bool(heading))
        for heading, fields in groups.items()
    ]


_PROSE: Final = ("name", "username")
_STRICT_HELP: Final = "A commit is published in whole or not at all; else modules that load go ahead."
_PATHS_HELP = (
    "Folders of the repository that hold job files, separated by commas; a dot is its root. For example"
    " jobs, or scripts, reports."
)


def _forge_field(values: Mapping[str, str], errors: Errors) -> FormField:
    chosen = values.get("forge", "")
    options = [Option(value=key, label=label, selected=key == chosen) for key, label in FORGES.items()]
    return FormField(
        name="forge",
        label="Forge",
        control="select",
        help="Decides what links to files and commits look like.",
        groups=[OptionGroup(options=options)],
        errors=list(errors.get("forge", [])),
    )


def _remote_help() -> str:
    schemes = "https, http, ssh or file" if settings.JOBYARD["ALLOW_FILE_REMOTES"] else "https, http or ssh"
    return f"{schemes}, without a password in it."


def _slug_help(repository: GitRepository | None) -> str:
    if repository is None:
        return "Part of every class path (git.<slug>/module/Class). Made from the name when empty."
    return "Part of every class path; scripts that run jobs by their class path must follow a change."


def _token_field(repository: GitRepository | None, errors: Errors) -> FormField:
    has_token = repository is not None and bool(repository.token_encrypted)
    stored = "A token is stored; it is never shown. Leave this empty to keep it."
    return FormField(
        name=TOKEN,
        label="Token",
        type="password",
        help=stored if has_token else "Only for private repositories. Stored encrypted, never shown again.",
        errors=list(errors.get(TOKEN, [])),
        attributes={"autocomplete": "new-password"},
    )
