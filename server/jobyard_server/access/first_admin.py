"""The first administrator: made at the first start, while nobody has an account yet."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from jobyard_server.access.account_rules import cli_name
from jobyard_server.access.accounts import create_user
from jobyard_server.access.models import User
from jobyard_server.access.tokens import create_token

ADVISORY_LOCK = 0x6A6F6261  # "joba"; several machines may start at once
PASSWORD_BYTES = 18

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FirstAdmin:
    """What the person at the terminal needs to log in and to call the API."""

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def make_first_admin() -> FirstAdmin | None:
    """
    Create the first administrator and a token, as the options say or generated; None if there are users.

    The account of the command line does not count. Complete or not at all; safe to call from several
    machines at once.

    Raises:
        AccountErrors: ``JOBYARD_ADMIN_USER`` cannot be a user name.
        TokenRefused: ``JOBYARD_ADMIN_TOKEN`` is not 40 hex digits.
    """
    if _somebody_is_there():
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        return None if _somebody_is_there() else _make()


def _somebody_is_there() -> bool:
    return User.objects.exclude(username=cli_name()).exists()


def _make() -> FirstAdmin:
    options = settings.JOBYARD
    user = create_user(options["ADMIN_USER"], is_superuser=True)
    password = options["ADMIN_PASSWORD"] or secrets.token_urlsafe(PASSWORD_BYTES)
    _warn_if_weak(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    made = create_token(user, key=options["ADMIN_TOKEN"], description="Made at the first start")
    return FirstAdmin(username=user.username, password=password, token=made.key)


def _warn_if_weak(password: str, user: User) -> None:
    """The operator may choose a weak one, for a trial say, but shall know."""
    try:
        validate_password(password, user)
    except ValidationError as exc:
        logger.warning("JOBYARD_ADMIN_PASSWORD is weak: %s", " ".join(exc.messages))
