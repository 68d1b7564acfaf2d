"""People's accounts, and the one of the command line."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from jobyard_server.access.errors import AccountErrors, ReservedAccount
from jobyard_server.access.models import User

CLI_USER = "cli"  #: Runs what is started on the command line without a name; nobody can log in as it.
_IN_USE = (
    f'The account "{CLI_USER}" is reserved for the command line, but somebody can log in with it; '
    "rename that account."
)


def cli_user() -> User:
    """
    The account of the command line, made at first use; it may run every job.

    Raises:
        ReservedAccount: Somebody took the name and can log in with it.
    """
    user = User.objects.filter(username=CLI_USER).first() or _make_cli_user()
    if user.has_usable_password():
        raise ReservedAccount(_IN_USE)
    if not user.has_perm("extras.run_job"):
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="extras", codename="run_job")
        )
        return User.objects.get(pk=user.pk)  # permissions are remembered in the object
    return user


def _make_cli_user() -> User:
    user, _is_new = User.objects.get_or_create(username=CLI_USER, defaults={"password": unusable_password()})
    return user


def unusable_password() -> str:
    """What to store for an account that cannot log in with a password."""
    user = User()
    user.set_unusable_password()
    return user.password


def create_user(
    username: str, password: str | None = None, *, email: str = "", is_superuser: bool = False
) -> User:
    """
    A new active account; without *password* nobody can log in with it, but it may have tokens.

    Raises:
        AccountErrors: The name is taken, reserved or malformed, or the password is too weak.
    """
    user = User(username=username, email=email, is_superuser=is_superuser, is_staff=is_superuser)
    user.set_password(password)
    errors = {**_field_errors(user), **_password_errors(user, password)}
    if errors:
        raise AccountErrors(errors)
    user.save()
    return user


def _field_errors(user: User) -> dict[str, list[str]]:
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as exc:
        return exc.message_dict
    if user.username == CLI_USER:  # only now: cleaning brings other spellings of the name to this one
        return {"username": [f'The name "{CLI_USER}" is reserved for the command line; choose another one.']}
    return {}


def _password_errors(user: User, password: str | None) -> dict[str, list[str]]:
    if password is None:
        return {}
    try:
        validate_password(password, user)
    except ValidationError as exc:
        return {"password": exc.messages}
    return {}
