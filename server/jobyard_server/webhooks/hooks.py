"""Make, rotate and remove the addresses that forges call. Every door comes through here."""

from __future__ import annotations

import base64
import logging
import secrets
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import CaseInsensitiveMapping

from jobyard_server.access.audit import CHANGED, CREATED, DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.secrets import decrypt, encrypt
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.repository_credentials import UNCHANGED
from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.models import PROVIDERS, Webhook
from jobyard_server.webhooks.providers import PROVIDERS as READERS
from jobyard_server.webhooks.receive import Receipt, take

SECRET_BYTES = 32
SHORTEST_SECRET = 16
ROTATION = timedelta(hours=24)  #: So long the secret before is accepted too.
_NO_COMMIT = "0" * 40
_KNOWN_HOSTS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "codeberg.org": "gitea",
    "dev.azure.com": "azure",
    "ssh.dev.azure.com": "azure",
}

logger = logging.getLogger(__name__)


def create_hook(
    repository: GitRepository, *, provider: str = "", secret: str = "", user: User | None = None
) -> tuple[Webhook, str]:
    """
    A new address for *repository*.

    Args:
        repository: It stands for this one, whatever a body says.
        provider: Key of ``PROVIDERS``; guessed from the host of the remote when empty.
        secret: At least 16 characters; made when empty.
        user: Who asks, for the audit log; None for the command line.

    Returns:
        The hook, and its secret, which is not shown again.

    Raises:
        RepositoryErrors: Nothing was made.
    """
    provider = provider or guess_provider(repository)
    if provider not in PROVIDERS:
        raise RepositoryErrors({"provider": [f'"{provider}" is not a valid choice.']})
    secret = checked_secret(secret) if secret else new_secret(provider)
    with transaction.atomic():
        hook = Webhook.objects.create(
            repository=repository, provider=provider, secret_encrypted=encrypt(secret)
        )
        _note(CREATED, hook, user)
    return hook, secret


def rotate_secret(hook: Webhook, secret: str = "", *, user: User | None = None) -> str:
    """
    Another secret; the one before is accepted for a day, so that no call is lost meanwhile.

    Raises:
        RepositoryErrors: *secret* is too short.
    """
    secret = checked_secret(secret) if secret else new_secret(hook.provider)
    hook.previous_secret_encrypted = hook.secret_encrypted
    hook.previous_until = timezone.now() + ROTATION
    hook.secret_encrypted = encrypt(secret)
    with transaction.atomic():
        hook.save(
            update_fields=["secret_encrypted", "previous_secret_encrypted", "previous_until", "last_updated"]
        )
        _note(CHANGED, hook, user, fields=["secret"])
    return secret


def set_hook_secret(repository: GitRepository, secret: str | None, *, user: User | None = None) -> None:
    """
    The field ``webhook_secret`` of a repository: that of its first hook, which is made when there is none.

    Args:
        repository: It stands for this one.
        secret: None and ``********`` leave things as they are, an empty one switches its hooks off.
        user: Who asks, for the audit log.

    Raises:
        RepositoryErrors: By the name of that field.
    """
    if secret is None or secret == UNCHANGED:
        return
    if not secret:
        for hook in Webhook.objects.filter(repository=repository, enabled=True):
            switch(hook, enabled=False, user=user)
        return
    first = Webhook.objects.filter(repository=repository, enabled=True).first()
    try:
        if first is None:
            create_hook(repository, secret=secret, user=user)
        else:
            rotate_secret(first, secret, user=user)
    except RepositoryErrors as exc:
        raise RepositoryErrors({"webhook_secret": exc.errors.get("secret", [])}) from exc


def switch(hook: Webhook, *, enabled: bool, user: User | None = None) -> None:
    """While it is off, every call is refused as if there were no such address."""
    hook.enabled = enabled
    with transaction.atomic():
        hook.save(update_fields=["enabled", "last_updated"])
        _note(CHANGED, hook, user, fields=["enabled"], enabled=enabled)


def remove_hook(hook: Webhook, *, user: User | None = None) -> None:
    with transaction.atomic():
        _note(DELETED, hook, user)
        hook.delete()


def test_call(hook: Webhook) -> Receipt:
    """
    What the forge would do after a push: a signed call, received like any other. No network is used.

    Raises:
        SecretUnreadable: The stored secret cannot be decrypted any more.
    """
    reader = READERS[hook.provider]
    secret, now = decrypt(hook.secret_encrypted), time.time()
    sample = reader.sample(f"refs/heads/{hook.repository.branch}", _NO_COMMIT, secret, now)
    headers = CaseInsensitiveMapping(sample.headers)
    return take(hook, Call(headers=headers, body=sample.body, received_at=now))


def guess_provider(repository: GitRepository) -> str:
    """By the host of the remote; what is not known signs in the generic way."""
    host = (urlsplit(repository.remote_url).hostname or repository.remote_url.partition(":")[0]).lower()
    if host in _KNOWN_HOSTS:
        return _KNOWN_HOSTS[host]
    return next((name for name in ("github", "gitlab", "gitea") if name in host.split(".")), "generic")


def new_secret(provider: str) -> str:
    if provider in {"generic", "gitlab_signed"}:  # the form that Standard Webhooks recommends
        return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    return secrets.token_urlsafe(SECRET_BYTES)


def checked_secret(secret: str) -> str:
    """
    A secret that somebody chose.

    Raises:
        RepositoryErrors: It is too short, or holds what no header can.
    """
    if len(secret.strip()) < SHORTEST_SECRET:
        raise RepositoryErrors({"secret": [f"Use at least {SHORTEST_SECRET} characters."]})
    if not (secret.isascii() and secret.isprintable() and " " not in secret):
        raise RepositoryErrors({"secret": ["Use printable ASCII characters without spaces."]})
    return secret


def _note(action: str, hook: Webhook, user: User | None, **details: Any) -> None:
    """In the audit log, and in that of the part. Secrets are in neither."""
    record(action, user=user, target=hook, repository=hook.repository.name, **details)
    logger.info(
        "webhook %s",
        action,
        extra={"action": "webhook", "repository": hook.repository.name, "hook": str(hook.pk)},
    )
