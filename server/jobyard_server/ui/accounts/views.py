"""Logging in. Logging out is Django's own view."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django_htmx.http import HttpResponseClientRefresh

from jobyard_server.access.half_way import remember
from jobyard_server.access.models import User
from jobyard_server.access.second_factor import has_second_factor, must_have_second_factor
from jobyard_server.access.signing_in import may_try, note_failure, was_silent
from jobyard_server.ui.accounts.sso import sso_ways


@method_decorator(login_not_required, name="dispatch")
class LogIn(LoginView):
    """The log-in page; only addresses of this server are taken as the next one."""

    template_name = "ui/accounts/log_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "ways": sso_ways(self.get_redirect_url()),
            "is_silent": was_silent(self.request),
            "is_first": not User.objects.filter(last_login__isnull=False).exists(),
        }
        return super().get_context_data(**kwargs, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """
        Refuse what was tried too often, before any password is looked at.

        The answer is the same for names that nobody has, so it tells nothing about who has an account.
        """
        if not may_try(request, request.POST.get("username", "")):
            return self.render_to_response(self.get_context_data(is_locked_out=True), status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Log in, unless a second factor is still to be shown, or to be set up."""
        user = form.get_user()
        has_one = has_second_factor(user)
        if not has_one and not must_have_second_factor(user):
            return super().form_valid(form)
        remember(self.request, user, self.get_success_url())
        return redirect("ui:enter_code" if has_one else "ui:set_up_to_log_in")

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.data.get("username") and form.data.get("password"):
            note_failure(self.request, form.data["username"])
        return super().form_invalid(form)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A page whose login ended asks for a piece of itself and is sent here: reload it as a whole,
        # or the form would appear in the middle of a log.
        if request.htmx:  # type: ignore[attr-defined]  # HtmxMiddleware adds it
            return HttpResponseClientRefresh()
        return super().dispatch(request, *args, **kwargs)
