from __future__ import annotations

from django.urls import path

from jobyard_server.api.remotes import host_keys, trusted_keys, webhooks

urlpatterns = [
    path("git-repositories/<uuid:pk>/webhooks/", webhooks.RepositoryHooks.as_view()),
    path("webhooks/<uuid:pk>/", webhooks.HookDetail.as_view()),
    path("webhooks/<uuid:pk>/rotate/", webhooks.HookRotation.as_view()),
    path("webhooks/<uuid:pk>/test/", webhooks.HookTest.as_view()),
    path("webhooks/<uuid:pk>/deliveries/", webhooks.HookDeliveries.as_view()),
    path("webhook-deliveries/<uuid:pk>/", webhooks.DeliveryDetail.as_view()),
    path("host-keys/", host_keys.HostKeyList.as_view()),
    path("host-keys/<uuid:pk>/", host_keys.HostKeyDetail.as_view()),
    path("host-keys/<uuid:pk>/confirm/", host_keys.HostKeyConfirmation.as_view()),
    path("trusted-keys/", trusted_keys.TrustedKeyList.as_view()),
    path("trusted-keys/<uuid:pk>/", trusted_keys.TrustedKeyDetail.as_view()),
    path("trusted-keys/<uuid:pk>/revoke/", trusted_keys.TrustedKeyRevocation.as_view()),
]
