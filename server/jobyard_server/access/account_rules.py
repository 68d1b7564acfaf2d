"""What an account must be like, whoever makes or changes it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Model

from jobyard_server.access.models import User

Errors = dict[str, list[str]]


def cli_name() -> str:
    """Of the account that runs what is started on the command line; nobody can log in as it."""
    name: str = settings.JOBYARD["CLI_USER"]
    return name


def row_errors(row: Model) -> Errors:
    """What the fields of an account, a group or a permission say; messages by field."""
    try:
        row.full_clean(exclude=["password"])
    except ValidationError as exc:
        return exc.message_dict
    # Only now: cleaning brings other spellings of the name to this one.
    if isinstance(row, User) and row.username == cli_name():
        reserved = f'The name "{row.username}" is reserved for the command line; choose another one.'
        return {"username": [reserved]}
    return {}


def password_errors(user: User, password: str | None) -> Errors:
    """Why *password*, in clear, is too weak or not ours to set; none is fine."""
    if password is None:
        return {}
    if user.password_of:
        return {"password": ["The directory of your organisation keeps this password; change it there."]}
    try:
        validate_password(password, user)
    except ValidationError as exc:
        return {"password": exc.messages}
    return {}
