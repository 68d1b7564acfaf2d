"""What happens when somebody comes back from an identity provider; used by django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from jobyard_server.access.group_claims import follow_groups
from jobyard_server.access.models import User
from jobyard_server.access.sso_errors import FAILED, back_to_log_in

NO_ACCOUNT = "You have no account here, and this server makes none by itself. Ask an administrator for one."


class SsoAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Accounts are made at the first login where ``SSO_CREATE_USERS`` says so; forms are never shown."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # the library's
        if not settings.JOBYARD["SSO_CREATE_USERS"]:
            raise ImmediateHttpResponse(back_to_log_in(request, NO_ACCOUNT))
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # the library's
        return True

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        raise ImmediateHttpResponse(back_to_log_in(request, FAILED))


@receiver(user_logged_in)
def _take_over_groups(user: User, sociallogin: Any = None, **_kwargs: Any) -> None:
    if sociallogin is not None:
        follow_groups(user, sociallogin.account.extra_data)
