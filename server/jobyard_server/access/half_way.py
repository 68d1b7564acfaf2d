"""
Between password and second factor: who has shown the first and not yet the other.

Nobody is logged in meanwhile. What is remembered is of no use after a while, after a change of the password,
or when the account is made inactive.
"""

from __future__ import annotations

import time
from typing import Any, Final

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from jobyard_server.access.models import User

LASTS: Final = 10 * 60  #: Seconds.
_KEY: Final = "half_way"


def remember(request: HttpRequest, user: Any, next_page: str) -> None:
    """*user*, as ``authenticate()`` gave it, has shown the password."""
    request.session.flush()  # whoever gave this browser its cookie does not go along
    request.session.set_expiry(LASTS)
    request.session[_KEY] = {
        "user": str(user.pk),
        "backend": user.backend,
        "since": int(time.time()),
        "hash": user.get_session_auth_hash(),
        "next": next_page,
    }


def waiting(request: HttpRequest) -> User | None:
    """Who has shown the password, if that still counts."""
    known = request.session.get(_KEY)
    if known is None or time.time() - known["since"] > LASTS:
        return None
    user = User.objects.filter(pk=known["user"], is_active=True).first()
    is_same = user is not None and constant_time_compare(known["hash"], user.get_session_auth_hash())
    return user if is_same else None


def log_in(request: HttpRequest, user: User) -> str:
    """Log in whom ``waiting`` gave; the page that was wanted."""
    known = request.session.pop(_KEY)
    login(request, user, backend=known["backend"])
    return str(known["next"])
