"""Every address of the server, by room."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from jobyard_server.health import urlpatterns as health_patterns
from jobyard_server.ui.accounts.sso import sso_patterns

handler400 = "jobyard_server.error_answers.bad_request"
handler403 = "jobyard_server.error_answers.forbidden"
handler404 = "jobyard_server.error_answers.not_found"
handler500 = "jobyard_server.error_answers.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    *health_patterns,
    path("api/", include("jobyard_server.api.urls")),
    *(sso_patterns() if settings.SIGN_IN.apps else ()),  # the library knows them by names without ours before
    path("webhooks/", include("jobyard_server.webhooks.urls")),
    path("", include("jobyard_server.ui.urls")),
]
