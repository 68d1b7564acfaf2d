"""The work of `jobyard user …` and `jobyard token create`; needs Django."""

from __future__ import annotations

from datetime import UTC, datetime

from jobyard_server.access.accounts import create_user
from jobyard_server.access.errors import AccessError, AccountErrors
from jobyard_server.access.models import User
from jobyard_server.access.second_factor import take_away
from jobyard_server.access.tokens import create_token
from jobyard_server.cli.errors import WrongUsageError, field_lines


def make_user(name: str, *, password: str, email: str, is_admin: bool) -> User:
    """
    A new account.

    Raises:
        WrongUsageError: Its name or its password was refused.
    """
    try:
        return create_user(name, password, email=email, is_superuser=is_admin)
    except AccountErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc


def remove_second_factor(name: str) -> None:
    """
    Let *name* in with the password alone.

    Raises:
        WrongUsageError: There is no such account, or it has no second factor.
    """
    user = User.objects.filter(username=name, second_factor__isnull=False).first()
    if user is None:
        raise WrongUsageError(f'No account called "{name}" has a second factor.')
    take_away(user, "reset")


def make_token(
    username: str,
    *,
    description: str,
    write_enabled: bool,
    expires: datetime | None,
    key: str | None = None,
) -> str:
    """
    The key of a new token of *username*: *key*, if clients have one already. *expires* is in UTC.

    Raises:
        WrongUsageError: There is no such active account, or it cannot have tokens.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise WrongUsageError(f'No active account is called "{username}"; `jobyard user create` makes it.')
    try:
        made = create_token(
            user,
            key=key,
            description=description,
            write_enabled=write_enabled,
            expires=expires and expires.replace(tzinfo=UTC),
        )
    except AccessError as exc:
        raise WrongUsageError(str(exc)) from exc
    return made.key
