"""Logging in. Logging out is Django's own view."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django_htmx.http import HttpResponseClientRefresh


@method_decorator(login_not_required, name="dispatch")
class LogIn(LoginView):
    """The log-in page; only addresses of this server are taken as the next one."""

    template_name = "ui/accounts/log_in.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A page whose login ended asks for a piece of itself and is sent here: reload it as a whole,
        # or the form would appear in the middle of a log.
        if request.htmx:  # type: ignore[attr-defined]  # HtmxMiddleware adds it
            return HttpResponseClientRefresh()
        return super().dispatch(request, *args, **kwargs)
