"""How a child reaches the database, and as whom."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from jobyard_server.database.roles import SCHEMA, role_name, role_password

SERVICE = "service"  #: What a run says when the database has no role for jobs.
TRY_AGAIN_SECONDS = 60.0  #: After the login of children was refused.
_NAMES = ("NAME", "HOST", "PORT")
#: Libpq tells by its text only why a connection failed; for a translated one there is a try of our own.
_PASSING = re.compile(
    "too many (clients|connections)|connection slots|starting up|shutting down|recovery|time(d )?out|refused"
    "|closed the connection|No such file",
    re.IGNORECASE,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ChildLogin:
    """A login, and the name of what it may do."""

    login: dict[str, Any]  #: Entries of DATABASES; goes to a child over its own channel only.
    role: str  #: ``job``, ``inspect``, or ``service`` where there are no roles.
    problem: str = ""  #: Why there is no role.


_known: dict[str, tuple[ChildLogin, float]] = {}  # by kind, and until when (monotonic)


def child_login(kind: str = "job") -> ChildLogin:
    """
    The login of children, tried once in each process; where it is refused, that of the service.

    Args:
        kind: ``job`` or ``inspect``.

    Raises:
        OperationalError: The database lets nobody in at the moment, which says nothing about the role.
    """
    found, until = _known.get(_key(kind), (None, 0.0))
    if found is None or until < time.monotonic():
        found = _tried(kind)
        lasts = float("inf") if found.role == kind else TRY_AGAIN_SECONDS
        _known[_key(kind)] = found, time.monotonic() + lasts
    return found


def _key(kind: str) -> str:
    return f"{connection.settings_dict['NAME']} {kind}"


def _tried(kind: str) -> ChildLogin:
    login = {**_place(), "USER": role_name(kind), "PASSWORD": role_password(kind)}
    try:
        _try(login)
    except OperationalError as exc:
        own = _own()
        _check_refused(exc, own)
        problem = str(exc).strip().rpartition("\n")[2]
        log.warning("jobs use the login of the service: %s", problem, extra={"action": "roles"})
        return ChildLogin(login=own, role=SERVICE, problem=problem)
    return ChildLogin(login=login, role=kind)


def _own() -> dict[str, Any]:
    known = connection.settings_dict
    return {**_place(), "USER": known["USER"], "PASSWORD": known["PASSWORD"]}


def _check_refused(exc: OperationalError, own: dict[str, Any]) -> None:
    """
    A full or a starting server refuses everybody; no job gets more rights because of that.

    Raises:
        OperationalError: So it is now.
    """
    if _PASSING.search(str(exc)):
        raise exc
    _try(own)


def _place() -> dict[str, Any]:
    known = connection.settings_dict
    options = {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    return {**{name: known[name] for name in _NAMES}, "OPTIONS": options}


def _try(login: dict[str, Any]) -> None:
    """A role without its views is one that a migration is just about to make anew."""
    wrapper = DatabaseWrapper({**connection.settings_dict, **login}, alias="children")
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT has_schema_privilege(current_user, %s, 'USAGE')", [SCHEMA])
            cursor.fetchone()
    except OperationalError:
        raise
    except Exception as exc:
        raise OperationalError(str(exc)) from exc
    finally:
        wrapper.close()
