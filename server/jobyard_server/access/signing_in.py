"""Logging in and out: the count of failures, and what the audit log says about it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from jobyard_server.access.attempts import count_failure, forgive, is_blocked, login_limits
from jobyard_server.access.audit import LOCKED_OUT, LOGGED_IN, LOGGED_OUT, LOGIN_FAILED, record
from jobyard_server.access.models import User
from jobyard_server.access.origin import client_address
from jobyard_server.access.sessions import begin

_SILENT: Final = "directory_was_silent"


def may_try(request: HttpRequest, username: str) -> bool:
    """Whether there were not too many failures with this name from here; the name need not exist."""
    return not is_blocked(login_limits(username, client_address(request)))


def note_failure(request: HttpRequest, username: str) -> None:
    """Count a wrong password; the one that uses up the limit is recorded as such."""
    used_up = count_failure(login_limits(username, client_address(request)))
    record(LOCKED_OUT if used_up else LOGIN_FAILED, username=username)


def note_silence(request: HttpRequest | None) -> None:
    """The directory did not answer what *request* had to ask it."""
    if request is not None:
        setattr(request, _SILENT, True)


def was_silent(request: HttpRequest) -> bool:
    """Whether accounts of the directory cannot log in at the moment."""
    return getattr(request, _SILENT, False)


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    begin(request)
    forgive(login_limits(user.get_username(), client_address(request))[:1])
    record(LOGGED_IN, user=user)


@receiver(user_logged_out)
def _logged_out(user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        record(LOGGED_OUT, user=user)
