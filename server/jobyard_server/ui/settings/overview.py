"""What is configured, and where each value comes from."""

from __future__ import annotations

import platform
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from jobyard_server.option_values import origin_of, shown_value
from jobyard_server.options import OPTIONS, Option
from jobyard_server.runs.components import component_states

_WAYS: Final = {
    "OIDC_URL": "OpenID Connect",
    "SAML_METADATA_URL": "SAML",
    "LDAP_URL": "LDAP",
}


@dataclass(frozen=True, kw_only=True)
class OptionLine:
    """An option as the page shows it."""

    option: Option
    value: str
    origin: str  #: Variable that set it; empty for the default.


def option_lines(values: Mapping[str, Any], words: list[str]) -> list[OptionLine]:
    """The options whose name or meaning holds every one of *words*."""
    return [
        OptionLine(option=option, value=shown_value(option, values[option.name]), origin=origin_of(option))
        for option in OPTIONS
        if all(word.lower() in f"{option.variable} {option.help}".lower() for word in words)
    ]


def facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What follows from the options, and what this process runs on; one query."""
    return list(_facts(values))


def _facts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield (
        "jobyard",
        f"{version('jobyard')} on Python {platform.python_version()}, host {socket.gethostname()}",
    )
    number = connection.cursor().connection.info.server_version
    own = "your own server" if values["DATABASE_URL"] else "embedded, in the data folder"
    yield "Database", f"PostgreSQL {number // 10_000}.{number % 10_000}, {own}"
    yield "Engine", f"{values['ENGINE'].capitalize()} over {_broker(values['BROKER_URL'])}"
    ways = [word for name, word in _WAYS.items() if values[name]]
    yield "Log-in", ", ".join(["local accounts", *ways])
    yield "Data folder", str(settings.DATA_DIR)
    yield "Jobs folder", str(settings.JOBS_ROOT)
    states = component_states()
    yield "Parts", ", ".join(f"{kind} {state}" for kind, state in states.items())


def _broker(address: str | None) -> str:
    """The kind of broker; the address may hold a password."""
    return urlsplit(address).scheme or "a broker" if address else "the database"
