"""Where the database is, as Django's settings want it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

NAME = "jobyard"  #: Of the role and of the database in the embedded server.
URL_FILE = "database-url"  #: In ``<data folder>/keys``: how to reach the embedded server; written by it.

#: A network that swallows everything would else be waited for a quarter of an hour. Source: security.md DB-07
NETWORK_PATIENCE = {
    "keepalives_idle": 10,  # seconds, as is the next one
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def database_url(given: str | None, data_dir: Path) -> str | None:
    """*given*, or the address of the embedded server of *data_dir*; None when neither exists yet."""
    if given:
        return given
    path = data_dir / "keys" / URL_FILE
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def database_settings(given: str | None, data_dir: Path) -> dict[str, Any]:
    """The ``default`` entry of DATABASES."""
    return settings_from_url(database_url(given, data_dir) or "postgresql:///jobyard?host=/nonexistent")


def settings_from_url(url: str) -> dict[str, Any]:
    """Take a libpq URL apart; its query keys become connection parameters (``host``, ``sslmode``, …)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or parts.hostname or ""
    patience = {} if host.startswith("/") else NETWORK_PATIENCE
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "jobyard",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, **patience, **query},
    }


def server_url(sockets: Path, password: str) -> str:
    """The libpq URL of jobyard's database in the embedded server that listens in *sockets*."""
    return f"postgresql://{NAME}:{quote(password, safe='')}@/{NAME}?{urlencode({'host': str(sockets)})}"
