"""The request as pages see it: signed in, and asked by htmx or not."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from jobyard_server.access.models import User


class PageRequest(HttpRequest):
    """What LoginRequiredMiddleware and HtmxMiddleware leave us with; for annotations only."""

    user: User
    htmx: HtmxDetails
