"""Every address of the server, by room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from jobyard_server.health import urlpatterns as health_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    *health_patterns,
    path("api/", include("jobyard_server.api.urls")),
    path("", include("jobyard_server.ui.urls")),
]
