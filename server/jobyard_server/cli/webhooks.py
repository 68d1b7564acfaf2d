"""The work of `jobyard webhook …`; needs Django."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Max

from jobyard_server.cli.errors import WrongUsageError, field_lines
from jobyard_server.cli.repositories import find_repository
from jobyard_server.cli.repository_report import print_table
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.webhooks import hooks
from jobyard_server.webhooks.follow import state_of
from jobyard_server.webhooks.models import PROVIDERS, Webhook
from jobyard_server.webhooks.providers import PROVIDERS as READERS

MOST_DELIVERIES = 50


def add(which: str, *, provider: str, secret: str) -> None:
    repository = find_repository(which)
    try:
        hook, secret = hooks.create_hook(repository, provider=provider, secret=secret)
    except RepositoryErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc
    _print_hook(hook, secret)


def rotate(hook_id: str, *, secret: str) -> None:
    hook = _find(hook_id)
    try:
        _print_hook(hook, hooks.rotate_secret(hook, secret))
    except RepositoryErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc


def test(hook_id: str) -> None:
    receipt = hooks.test_call(_find(hook_id))
    print(f"{receipt.status} {receipt.id} {receipt.note}".rstrip())


def remove(hook_id: str) -> None:
    hooks.remove_hook(_find(hook_id))


def list_all() -> None:
    rows = Webhook.objects.select_related("repository").annotate(last=Max("deliveries__created"))
    print_table(
        ("ID", "REPOSITORY", "FORGE", "STATE", "LAST CALL", "PATH"),
        [
            (
                str(row.pk),
                row.repository.slug,
                row.provider,
                "on" if row.enabled else "off",
                f"{row.last:%Y-%m-%d %H:%M:%S}" if row.last else "-",
                row.path,
            )
            for row in rows
        ],
    )


def deliveries(hook_id: str) -> None:
    rows = _find(hook_id).deliveries.select_related("result")[:MOST_DELIVERIES]
    print_table(
        ("RECEIVED", "STATE", "EVENT", "REF", "COMMIT", "NOTE"),
        [
            (
                f"{row.created:%Y-%m-%d %H:%M:%S}",
                state_of(row),
                row.event,
                row.ref or "-",
                row.announced_commit[:12] or "-",
                row.note,
            )
            for row in rows
        ],
    )


def _print_hook(hook: Webhook, secret: str) -> None:
    base = (settings.JOBYARD["BASE_URL"] or "").rstrip("/")
    print(f"{PROVIDERS[hook.provider]}: {READERS[hook.provider].hint}")
    print(f"id:      {hook.pk}")
    print(f"address: {base}{hook.path}")
    print(f"secret:  {secret}")


def _find(hook_id: str) -> Webhook:
    try:
        found = Webhook.objects.select_related("repository").filter(pk=hook_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise WrongUsageError(f'No webhook has the id "{hook_id}"; see `jobyard webhook list`.')
    return found
