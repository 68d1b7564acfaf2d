"""
Log-ins of the pages: stored so that the database alone lets nobody in, and ended after a while.

The row of a log-in has a digest of what the cookie says, not the cookie: whoever reads a dump cannot go on
as the people who were logged in. A log-in ends LONGEST after it began, and after IDLE without a request.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

IDLE: Final = 2 * 60 * 60  #: Seconds without a request.
NOTED: Final = 5 * 60  #: Seconds between two writes of when somebody was seen.
SEEN: Final = "seen"
_COLUMN: Final = 40  #: Characters of Django's column; 160 bits.


class SessionStore(DatabaseSessions):
    """Django's own, with digests in the place of keys; for synchronous code, which is all there is here."""

    def _get_session_from_db(self) -> Any:
        known = self.model.objects.filter(
            session_key=_digest(self.session_key), expire_date__gt=timezone.now()
        )
        found = known.first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(_digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.session_key = _digest(made.session_key)
        return made

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(_digest(key))


def _digest(key: str | None) -> str:
    """Keys are 32 random letters and digits, so they need no salt."""
    return hashlib.sha256((key or "").encode("utf-8", "replace")).hexdigest()[:_COLUMN]


def begin(request: HttpRequest) -> None:
    """Somebody has logged in: from now on it counts, whatever is stored meanwhile."""
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session[SEEN] = int(time.time())


def name_of(request: HttpRequest) -> str:
    """What ``goes_on`` knows the log-in of *request* by, and of no use in a cookie; empty without one."""
    return _digest(request.session.session_key) if SESSION_KEY in request.session else ""


def goes_on(name: str, user: AbstractBaseUser) -> bool:
    """Whether the log-in that ``name_of`` gave is still there, and was made with the password of now."""
    store = SessionStore()  # its model is not imported: children load this module without that app
    row = store.model.objects.filter(session_key=name, expire_date__gt=timezone.now()).first()
    known = store.decode(row.session_data) if row is not None else {}
    return known.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
        known.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )


def end_when_idle(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, after the one that knows who asks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            _note(request)
        return get_response(request)

    return middleware


def _note(request: HttpRequest) -> None:
    now, seen = int(time.time()), request.session.get(SEEN, 0)
    if now - seen > IDLE:
        logout(request)
    elif now - seen > NOTED:
        request.session[SEEN] = now
