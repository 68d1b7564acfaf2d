"""The form of a Git repository. What is valid is decided by ``registry.repositories``, not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from jobyard_server.registry.models import GitRepository
from jobyard_server.ui.run_form.controls import SPELLED
from jobyard_server.ui.run_form.fields import FormField

TEXTS: Final = ("name", "remote_url", "branch", "slug", "username")
TOKEN, FORGET = "token", "forget_token"
Errors = Mapping[str, list[str]]


def values_of(repository: GitRepository | None) -> dict[str, str]:
    """What the form shows at first."""
    if repository is None:
        return {"branch": "main"}
    return {name: getattr(repository, name) for name in TEXTS}


def submitted(sent: QueryDict) -> dict[str, Any]:
    """What was *sent*, as ``registry.repositories`` takes it; an empty token means "as it is"."""
    values: dict[str, Any] = {name: sent.get(name, "").strip() for name in TEXTS}
    if token := sent.get(TOKEN, ""):
        values[TOKEN] = token
    elif sent.get(FORGET):
        values[TOKEN] = ""
    return values


def fields_of(
    values: Mapping[str, str], errors: Errors, *, repository: GitRepository | None = None
) -> list[FormField]:
    """The controls with their *errors*; the first wrong one, or else the first, takes the focus."""
    first_wrong = next((name for name in (*TEXTS, TOKEN) if name in errors), "name")

    def text(
        name: str, label: str, help_text: str, *, required: bool = False, is_code: bool = False
    ) -> FormField:
        return FormField(
            name=name,
            label=label,
            help=help_text,
            required=required,
            value=values.get(name, ""),
            errors=list(errors.get(name, [])),
            takes_focus=name == first_wrong,
            attributes={**SPELLED, "class": "jy-code-input" if is_code else ""},
        )

    return [
        text("name", "Name", "What people call it.", required=True),
        text("remote_url", "Remote URL", _remote_help(), required=True, is_code=True),
        text("branch", "Branch", "A branch, a tag or a full commit hash.", required=True, is_code=True),
        text("slug", "Slug", _slug_help(repository), is_code=True),
        text("username", "User name", "Only for servers that want one with the token."),
        _token_field(repository, errors, takes_focus=first_wrong == TOKEN),
        *_forget_field(repository),
    ]


def _remote_help() -> str:
    schemes = "https, http, ssh or file" if settings.JOBYARD["ALLOW_FILE_REMOTES"] else "https, http or ssh"
    return f"{schemes}, without a password in it."


def _slug_help(repository: GitRepository | None) -> str:
    if repository is None:
        return "Part of every class path (git.<slug>/module/Class). Made from the name when empty."
    return "Part of every class path; scripts that run jobs by their class path must follow a change."


def _token_field(repository: GitRepository | None, errors: Errors, *, takes_focus: bool) -> FormField:
    has_token = repository is not None and bool(repository.token_encrypted)
    stored = "A token is stored; it is never shown. Leave this empty to keep it."
    return FormField(
        name=TOKEN,
        label="Token",
        type="password",
        help=stored if has_token else "Only for private repositories. Stored encrypted, never shown again.",
        errors=list(errors.get(TOKEN, [])),
        takes_focus=takes_focus,
        attributes={"autocomplete": "new-password"},
    )


def _forget_field(repository: GitRepository | None) -> list[FormField]:
    if repository is None or not repository.token_encrypted:
        return []
    return [FormField(name=FORGET, label="Forget the stored token", control="checkbox")]
