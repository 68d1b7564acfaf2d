"""
What becomes of a call: checked, read, stored. The order of the steps is that of the security rules WH.

Nothing of a body is ever given to git, followed as an address, or trusted as a commit: it only says
"look now", and where the repository is we know ourselves.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry import channels
from jobyard_server.webhooks.calls import Call, Reading
from jobyard_server.webhooks.matching import doubt, relevant, why_ignored
from jobyard_server.webhooks.models import ACCEPTED, IGNORED, Webhook, WebhookDelivery
from jobyard_server.webhooks.providers import PROVIDERS, Provider

DUPLICATE = "duplicate"
EXCERPT_BYTES = 2048
_DUMMY = "0" * 64  # the key for hooks that do not exist, so that they take as long as those that do
_LONGEST_ID = 200
_KEPT = ("User-Agent", "Content-Type", "Content-Length")


class Refused(Exception):  # noqa: N818  # an event of the domain, not of the program
    """No such hook, or a signature that is not right; nobody is told which."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a sender is told."""

    id: uuid.UUID  #: Of the delivery, to be followed until it is visible.
    status: str  #: ``accepted``, ``ignored`` or ``duplicate``.
    note: str


def genuine_hook(address: str, call: Call) -> Webhook:
    """
    The hook that *call* is genuinely meant for.

    Raises:
        Refused: There is none, it is switched off, or the signature is not right.
    """
    hook = Webhook.objects.select_related("repository").filter(address=address, enabled=True).first()
    provider = PROVIDERS[hook.provider] if hook else PROVIDERS["github"]
    matches = [provider.is_genuine(call, key) for key in (_keys(hook) if hook else [_DUMMY])]
    if hook is None or not any(matches):
        raise Refused
    return hook


def take(hook: Webhook, call: Call) -> Receipt:
    """
    Store a genuine call; a sync follows when it concerns what the repository follows.

    Raises:
        Malformed: The body is not what this provider sends.
    """
    provider = PROVIDERS[hook.provider]
    data = provider.parse(call)
    reading = provider.read(call, data)
    delivery = _delivery(hook, call, reading)
    delivery.delivery_id = _storable_id(provider.delivery_id(call, data)) or str(delivery.pk)
    delivery.headers = _harmless(provider, call)
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
            if delivery.is_open:
                channels.notify(channels.SYNC, f"git.{hook.repository.slug}")
    except IntegrityError:
        first = WebhookDelivery.objects.get(webhook=hook, delivery_id=delivery.delivery_id)
        return Receipt(id=first.pk, status=DUPLICATE, note="This call was received before.")
    return Receipt(id=delivery.pk, status=delivery.outcome, note=delivery.note)


def _keys(hook: Webhook) -> list[str]:
    """The secret, and during a rotation the one before."""
    stored = [hook.secret_encrypted]
    if hook.previous_until is not None and hook.previous_until > timezone.now():
        stored.append(hook.previous_secret_encrypted)
    try:
        keys = [decrypt(item) for item in stored if item]
    except SecretUnreadable:  # the key of the installation was lost; the page of the hook says so
        keys = []
    return [key for key in keys if key.strip()] or [_DUMMY + uuid.uuid4().hex]


def _delivery(hook: Webhook, call: Call, reading: Reading) -> WebhookDelivery:
    branch = hook.repository.branch
    ignored = why_ignored(reading, branch)
    shown = relevant(reading, branch) or next(iter(reading.changes or ()), None)
    return WebhookDelivery(
        webhook=hook,
        outcome=IGNORED if ignored else ACCEPTED,
        is_open=not ignored,
        event=_plain(reading.event)[:100],
        ref=shown.ref if shown else "",
        announced_commit=shown.commit if shown else "",
        note=(ignored or doubt(reading, hook.repository))[:300],
        excerpt=_plain(call.body[:EXCERPT_BYTES].decode(errors="replace")),
    )


def _harmless(provider: Provider, call: Call) -> dict[str, str]:
    """Headers that no secret can be in; the others are forgotten."""
    names = filter(None, (*_KEPT, provider.event_header, provider.id_header, *provider.kept_headers))
    return {name: _plain(call.headers[name])[:200] for name in names if name in call.headers}


def _storable_id(text: str) -> str:
    return text if 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable() else ""


def _plain(text: str) -> str:
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
