"""People's accounts, and the one of the command line."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType

from jobyard_server.access.account_rules import cli_name, password_errors, row_errors
from jobyard_server.access.errors import AccountErrors, ReservedAccount
from jobyard_server.access.models import ObjectPermission, User

CLI_PERMISSION = "Command line: run jobs"


def cli_user() -> User:
    """
    The account of the command line, made at first use; it may run every job.

    Raises:
        ReservedAccount: Somebody took the name and can log in with it.
    """
    user = User.objects.filter(username=cli_name()).first() or _make_cli_user()
    if user.has_usable_password():
        raise ReservedAccount(
            f'The account "{user}" is reserved for the command line, but somebody can log in with it; '
            "rename that account, or set JOBYARD_CLI_USER."
        )
    if not user.has_perm("extras.run_job"):
        _let_run_jobs(user)
        return User.objects.get(pk=user.pk)  # permissions are remembered in the object
    return user


def _let_run_jobs(user: User) -> None:
    permission, _is_new = ObjectPermission.objects.update_or_create(
        name=CLI_PERMISSION, defaults={"actions": ["run"], "constraints": None, "enabled": True}
    )
    permission.object_types.add(ContentType.objects.get(app_label="extras", model="job"))
    permission.users.set([user])  # not also that of another name, which had it before


def _make_cli_user() -> User:
    user, _is_new = User.objects.get_or_create(
        username=cli_name(), defaults={"password": unusable_password()}
    )
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
    errors = {**row_errors(user), **password_errors(user, password)}
    if errors:
        raise AccountErrors(errors)
    user.save()
    return user
