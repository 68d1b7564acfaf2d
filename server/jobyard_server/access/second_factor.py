"""
A second factor for log-ins with a password: codes of an authenticator app (TOTP), or recovery codes.

The secret is encrypted, of recovery codes only a keyed digest is stored. Each code counts once, whoever
sends it twice at the same moment: the row is locked while one is looked at.
"""

from __future__ import annotations

import secrets
from typing import Final

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from jobyard_server.access.attempts import code_limits, count_failure, forgive, is_blocked
from jobyard_server.access.audit import CHANGED, CODE_REFUSED, LOCKED_OUT, record
from jobyard_server.access.errors import CodeRefused, SecretUnreadable
from jobyard_server.access.models import SecondFactor, User
from jobyard_server.access.secrets import decrypt, encrypt
from jobyard_server.access.tokens import token_digests

ISSUER: Final = "jobyard"
EARLIER_OR_LATER: Final = 1  #: Steps of half a minute by which a clock may be wrong.
RECOVERY_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one
_LENGTH: Final = 12  #: 59 bits.
_DIGITS: Final = 6
WRONG: Final = (
    "This code does not count: it is wrong, or was used already. Enter the one that the app shows now; "
    "the clock of its device must be right."
)
TOO_MANY: Final = "There were too many wrong codes for this account. Try again in a quarter of an hour."


def new_secret() -> str:
    """In the spelling of the apps."""
    return pyotp.random_base32()


def app_address(user: User, secret: str) -> str:
    """What an authenticator app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)


def has_password(user: User) -> bool:
    """Whether a second factor is of use: an identity provider asks for its own."""
    return bool(user.password_of) or user.has_usable_password()


def has_second_factor(user: User) -> bool:
    return SecondFactor.objects.filter(user=user.pk).exists()


def must_have_second_factor(user: User) -> bool:
    """Whether the settings let *user* log in with a password alone."""
    who: str = settings.JOBYARD["SECOND_FACTOR"]
    return who == "everyone" or (who == "superusers" and user.is_superuser)


def turn_on(user: User, secret: str, code: str) -> list[str]:
    """
    Ask *user* for codes of *secret* from now on; the recovery codes, this once.

    Raises:
        CodeRefused: *code* is none of *secret*, or there is a second factor already.
    """
    step = _step_of(secret, _plain(code), after=0)
    if step is None:
        raise CodeRefused(WRONG)
    codes, digests = _new_codes(user)
    with transaction.atomic():
        values = {"secret": encrypt(secret), "last_step": step, "recovery_digests": digests}
        _row, is_new = SecondFactor.objects.get_or_create(user=user, defaults=values)
        if not is_new:
            raise CodeRefused("This account has a second factor already.")
        record(CHANGED, user=user, target=user, fields=["second_factor"], second_factor="on")
    return codes


def turn_off(user: User, code: str) -> None:
    """
    Ask for the password alone.

    Raises:
        CodeRefused: *code* does not count.
    """
    require_code(user, code)
    take_away(user, "off", by=user)


def take_away(user: User, how: str, *, by: User | None = None) -> None:
    """Ask for the password alone; *how* and *by* whom is for the audit log."""
    with transaction.atomic():
        SecondFactor.objects.filter(user=user.pk).delete()
        record(CHANGED, user=by, target=user, fields=["second_factor"], second_factor=how)


def renew_recovery_codes(user: User, code: str) -> list[str]:
    """
    New ones in place of those that are left, this once.

    Raises:
        CodeRefused: *code* does not count.
    """
    require_code(user, code)
    codes, digests = _new_codes(user)
    with transaction.atomic():
        SecondFactor.objects.filter(user=user.pk).update(recovery_digests=digests)
        record(CHANGED, user=user, target=user, fields=["second_factor"], second_factor="new recovery codes")
    return codes


def require_code(user: User, code: str) -> None:
    """
    Take *code*, of the app or for recovery; it will not count again.

    Raises:
        CodeRefused: It does not count.
    """
    limits = code_limits(user.pk)
    if is_blocked(limits):
        raise CodeRefused(TOO_MANY)
    if not _takes(user, _plain(code)):
        record(LOCKED_OUT if count_failure(limits) else CODE_REFUSED, user=user)
        raise CodeRefused(WRONG)
    forgive(limits)


def _takes(user: User, text: str) -> bool:
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user=user.pk).first()
        return row is not None and (_takes_step(row, text) or _takes_recovery(row, text))


def _takes_step(row: SecondFactor, text: str) -> bool:
    try:
        step = _step_of(decrypt(row.secret), text, after=row.last_step)
    except SecretUnreadable:
        return False  # recovery codes have another key; `jobyard user reset-second-factor` needs none
    if step is not None:
        row.last_step = step
        row.save(update_fields=["last_step"])
    return step is not None


def _step_of(secret: str, text: str, *, after: int) -> int | None:
    """The step whose code is *text*, of those around now and later than *after*."""
    if not (len(text) == _DIGITS and text.isascii() and text.isdigit()):
        return None
    app = pyotp.TOTP(secret)
    now = app.timecode(timezone.now())
    near = range(now - EARLIER_OR_LATER, now + EARLIER_OR_LATER + 1)
    right = [step for step in near if constant_time_compare(app.generate_otp(step), text)]
    return next((step for step in right if step > after), None)


def _takes_recovery(row: SecondFactor, text: str) -> bool:
    known = [digest for digest in _digests(row.user_id, text) if digest in row.recovery_digests]
    if known:
        row.recovery_digests = [digest for digest in row.recovery_digests if digest not in known]
        row.save(update_fields=["recovery_digests"])
    return bool(known)


def _new_codes(user: User) -> tuple[list[str], list[str]]:
    plain = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    shown = ["-".join(text[at : at + 4] for at in range(0, _LENGTH, 4)) for text in plain]
    return shown, [_digests(user.pk, text)[0] for text in plain]


def _digests(user_id: object, text: str) -> list[str]:
    return token_digests(f"recovery code of {user_id}: {text}")


def _plain(code: str) -> str:
    """As people write it down: with spaces, hyphens and capitals."""
    return "".join(code.split()).replace("-", "").lower()[:64]
