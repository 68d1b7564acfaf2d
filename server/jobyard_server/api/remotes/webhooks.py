"""Hooks of a repository, and the way of a delivery until its commit is visible."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, cast

from django.db.models import Max, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import restrict
from jobyard_server.api.links import Links
from jobyard_server.api.remotes.shapes import (
    DeliveryShape,
    ReceiptShape,
    WebhookShape,
    WebhookWithSecret,
)
from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.models import GitRepository
from jobyard_server.webhooks.follow import state_of
from jobyard_server.webhooks.hooks import create_hook, remove_hook, rotate_secret, switch, test_call
from jobyard_server.webhooks.models import Webhook, WebhookDelivery
from jobyard_server.webhooks.providers import PROVIDERS

MOST_DELIVERIES = 50


class NewHook(serializers.Serializer[Webhook]):
    provider = serializers.CharField(required=False, allow_blank=True)
    secret = serializers.CharField(required=False, allow_blank=True, write_only=True, trim_whitespace=False)


class NewSecret(serializers.Serializer[Webhook]):
    secret = serializers.CharField(required=False, allow_blank=True, write_only=True, trim_whitespace=False)


class HookSwitch(serializers.Serializer[Webhook]):
    enabled = serializers.BooleanField()


class HookView(ApiView):
    """A hook is a part of its repository: who may change that may do all of this."""

    model = GitRepository
    queryset = GitRepository.objects.all()
    actions: ClassVar = {"POST": "change", "PATCH": "change", "DELETE": "change"}

    def hooks(self) -> QuerySet[Webhook]:
        repositories = restrict(GitRepository.objects.all(), self.user, self.action_of(self.request))
        return _described(Webhook.objects.filter(repository__in=repositories))

    def hook(self, pk: uuid.UUID) -> Webhook:
        found = self.hooks().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def with_secret(self, hook: Webhook, secret: str, code: int) -> Response:
        described = describe_hook(self.hook(hook.pk), self.links)
        return Response({**described, "secret": secret}, status=code)


class RepositoryHooks(HookView):
    @extend_schema(responses={200: shape(list[WebhookShape])})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List the hooks of a repository."""
        repository: GitRepository = self.get_object()
        rows = self.hooks().filter(repository=repository)
        return Response([describe_hook(row, self.links) for row in rows])

    @extend_schema(request=NewHook, responses={201: shape(WebhookWithSecret)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Make a hook. The answer shows its secret, once."""
        repository: GitRepository = self.get_object()
        fields = NewHook(data=request.data)
        fields.is_valid(raise_exception=True)
        hook, secret = create_hook(repository, **fields.validated_data, user=self.user)
        return self.with_secret(hook, secret, status.HTTP_201_CREATED)


class HookDetail(HookView):
    @extend_schema(responses={200: shape(WebhookShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """Show a hook."""
        return Response(describe_hook(self.hook(pk), self.links))

    @extend_schema(request=HookSwitch, responses={200: shape(WebhookShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Switch a hook on or off."""
        hook = self.hook(pk)
        fields = HookSwitch(data=request.data)
        fields.is_valid(raise_exception=True)
        switch(hook, enabled=fields.validated_data["enabled"], user=self.user)
        return Response(describe_hook(self.hook(pk), self.links))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:
        """Remove a hook; its address is never given again."""
        remove_hook(self.hook(pk), user=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HookRotation(HookView):
    @extend_schema(request=NewSecret, responses={200: shape(WebhookWithSecret)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Give a hook another secret; the one before is good for a day. The answer shows it, once."""
        hook = self.hook(pk)
        fields = NewSecret(data=request.data)
        fields.is_valid(raise_exception=True)
        secret = rotate_secret(hook, fields.validated_data.get("secret", ""), user=self.user)
        return self.with_secret(hook, secret, status.HTTP_200_OK)


class HookTest(HookView):
    @extend_schema(request=None, responses={200: shape(ReceiptShape)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:
        """Receive a push as this forge would tell of it; a sync follows."""
        receipt = test_call(self.hook(pk))
        answer: ReceiptShape = {"id": receipt.id, "status": receipt.status, "note": receipt.note}
        return Response(answer)


class HookDeliveries(HookView):
    @extend_schema(responses={200: shape(list[DeliveryShape])})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """The newest calls of a hook."""
        rows = self.hook(pk).deliveries.select_related("result")[:MOST_DELIVERIES]
        return Response([describe_delivery(row, self.links) for row in rows])


class DeliveryDetail(HookView):
    @extend_schema(responses={200: shape(DeliveryShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """One call: what became of it so far."""
        rows = WebhookDelivery.objects.filter(webhook__in=self.hooks()).select_related("result")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(describe_delivery(found, self.links))


def describe_hook(hook: Webhook, links: Links) -> WebhookShape:
    """Needs the annotation ``last_delivery``."""
    return {
        "id": hook.pk,
        "url": f"{links.root}extras/webhooks/{hook.pk}/",
        "display": str(hook),
        "repository": hook.repository_id,
        "provider": hook.provider,
        "enabled": hook.enabled,
        "address": links.outside(hook.path),
        "hint": PROVIDERS[hook.provider].hint,
        "last_delivery": cast(Any, hook).last_delivery,
        "previous_secret_until": hook.previous_until,
        "created": hook.created,
    }


def describe_delivery(row: WebhookDelivery, links: Links) -> DeliveryShape:
    return {
        "id": row.pk,
        "url": f"{links.root}extras/webhook-deliveries/{row.pk}/",
        "webhook": row.webhook_id,
        "delivery_id": row.delivery_id,
        "outcome": row.outcome,
        "state": state_of(row),
        "event": row.event,
        "ref": row.ref,
        "announced_commit": row.announced_commit,
        "note": row.note,
        "headers": row.headers,
        "excerpt": row.excerpt,
        "job_result": links.job_result(row.result_id) if row.result_id else None,
        "created": row.created,
    }


def _described(rows: QuerySet[Webhook]) -> QuerySet[Webhook]:
    return rows.select_related("repository").annotate(last_delivery=Max("deliveries__created"))
