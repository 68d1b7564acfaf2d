"""How a repository is reached and who tells of pushes: hooks, host keys, looks, reports."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobyard_server.access.permissions import may
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.host_keys import confirm, keys_of
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.remote_models import HostKey, RemoteWatch
from jobyard_server.registry.signature_rules import SIGNATURE_POLICIES
from jobyard_server.ui.permitted import require, require_on, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.webhooks import hooks
from jobyard_server.webhooks.follow import SYNCING, WAITING, state_of
from jobyard_server.webhooks.models import PROVIDERS, Webhook, WebhookDelivery
from jobyard_server.webhooks.providers import PROVIDERS as READERS
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET

RECENT = 10  #: Deliveries and statuses listed.


@require_safe
@never_cache
def show_remote_access(request: PageRequest, slug: str) -> HttpResponse:
    """Everything about the way to the remote and back."""
    return _page(request, _repository(request, slug))


@require_POST
@never_cache
def add_hook(request: PageRequest, slug: str) -> HttpResponse:
    """Make a hook and show its secret: on this answer only, never again."""
    repository = _changeable(request, slug)
    try:
        hook, secret = hooks.create_hook(
            repository, provider=request.POST.get("provider", ""), user=request.user
        )
    except RepositoryErrors as exc:
        messages.error(request, str(exc))
        return redirect("ui:show_remote_access", slug)
    return _page(request, repository, shown=hook.pk, secret=secret)


@require_POST
@never_cache
def rotate_hook(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Another secret, shown once; the one before is good for a day."""
    repository = _changeable(request, slug)
    hook = _hook(repository, pk)
    return _page(request, repository, shown=hook.pk, secret=hooks.rotate_secret(hook, user=request.user))


@require_POST
def test_hook(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """A push as the forge would tell of it."""
    receipt = hooks.test_call(_hook(_changeable(request, slug), pk))
    text = "The test call was taken; a sync follows." if receipt.status == "accepted" else receipt.note
    messages.success(request, text)
    return redirect("ui:show_remote_access", slug)


@require_POST
def switch_hook(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    hook = _hook(_changeable(request, slug), pk)
    hooks.switch(hook, enabled=not hook.enabled, user=request.user)
    messages.success(request, f"The webhook is {'on' if hook.enabled else 'off'} now.")
    return redirect("ui:show_remote_access", slug)


@require_POST
def remove_hook(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    hooks.remove_hook(_hook(_changeable(request, slug), pk), user=request.user)
    messages.success(request, "The webhook is gone; its address is never used again.")
    return redirect("ui:show_remote_access", slug)


@require_POST
def confirm_host_key(request: PageRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Trust a key that the server showed, after its fingerprint was compared."""
    repository = _repository(request, slug)
    key = keys_of(repository).filter(pk=pk).first()
    if key is None:
        raise Http404
    require_on(request.user, "change", key)
    confirm(key, request.user)
    messages.success(request, f"The host key {key.fingerprint} is trusted from now on; a sync is on the way.")
    return redirect("ui:show_remote_access", slug)


def _repository(request: PageRequest, slug: str) -> GitRepository:
    require(request.user, "view", GitRepository)
    return visible_or_404(GitRepository.objects.all(), request.user, slug=slug)


def _changeable(request: PageRequest, slug: str) -> GitRepository:
    repository = _repository(request, slug)
    require_on(request.user, "change", repository)
    return repository


def _hook(repository: GitRepository, pk: uuid.UUID) -> Webhook:
    hook = repository.webhooks.filter(pk=pk).first()
    if hook is None:
        raise Http404
    return hook


def _page(
    request: PageRequest, repository: GitRepository, *, shown: uuid.UUID | None = None, secret: str = ""
) -> HttpResponse:
    listed = [
        {
            "row": hook,
            "title": PROVIDERS[hook.provider],
            "hint": READERS[hook.provider].hint,
            "is_new": hook.pk == shown,
            "entries": _entries(hook, _outside(request, hook.path), secret if hook.pk == shown else ""),
        }
        for hook in repository.webhooks.all()
    ]
    deliveries = [(row, state_of(row)) for row in _deliveries(repository)[:RECENT]]
    context: dict[str, Any] = {
        "repository": repository,
        "is_folder": repository.remote_url.startswith("file:"),
        "may_change": may(request.user, "change", repository),
        "may_confirm": may(request.user, "change", HostKey),
        "hooks": listed,
        "providers": PROVIDERS.items(),
        "guess": hooks.guess_provider(repository),
        "deliveries": deliveries,
        "is_live": any(state in (WAITING, SYNCING) for _, state in deliveries),
        "host_keys": keys_of(repository).select_related("confirmed_by"),
        "watch": RemoteWatch.objects.filter(pk=repository.pk).first(),
        "policy": SIGNATURE_POLICIES[repository.signature_rule.mode],
        "statuses": repository.commit_statuses.all()[:RECENT],
    }
    return render(request, "ui/repositories/show_remote_access.html", context)


def _entries(hook: Webhook, address: str, secret: str) -> list[tuple[str, str]]:
    """Label and value of each field of the forge's form; a secret that is not shown any more is empty."""
    known = {ADDRESS: address, SECRET: secret}
    return [(label, known.get(value, value)) for label, value in READERS[hook.provider].entries]


def _deliveries(repository: GitRepository) -> QuerySet[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(webhook__repository=repository)
    return rows.select_related("result").order_by("-created")


def _outside(request: PageRequest, path: str) -> str:
    base: str = settings.JOBYARD["BASE_URL"] or request.build_absolute_uri("/")
    return f"{base.rstrip('/')}{path}"
