from __future__ import annotations

from django.urls import path

from jobyard_server.webhooks.views import receive

urlpatterns = [path("<str:address>/", receive, name="receive_webhook")]
