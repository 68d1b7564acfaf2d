"""The address of the broker: which kind of broker it names, and how much of it may be shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

KINDS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
}
SCHEMES = tuple(KINDS)
CELERY_KINDS = ("redis", "rabbitmq")
_TLS = ("rediss", "amqps")


def broker_kind(url: str | None) -> str:
    """``postgresql``, ``redis`` or ``rabbitmq``; without an address it is the database itself."""
    return KINDS[urlsplit(url).scheme] if url else "postgresql"


def is_encrypted(url: str) -> bool:
    return urlsplit(url).scheme in _TLS


def shown_address(url: str | None) -> str:
    """Kind and place of the broker, for people; never its password."""
    if not url:
        return "in the database"
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{broker_kind(url)} at {parts.hostname or 'localhost'}{port}"


def problem_of(engine: str, url: str | None) -> str | None:
    """Why this engine cannot be used with this broker; None when it can."""
    kind = broker_kind(url)
    if engine == "celery" and kind not in CELERY_KINDS:
        return "celery needs JOBYARD_BROKER_URL with redis://, rediss://, amqp:// or amqps://"
    if kind != "postgresql" and url and not urlsplit(url).password and not _is_loopback(url):
        return "a broker on another machine needs a password in JOBYARD_BROKER_URL"
    return None


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or "localhost"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
