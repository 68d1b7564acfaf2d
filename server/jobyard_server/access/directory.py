"""
Accounts of an LDAP directory: the password is asked there, the account here is one that the directory made.

Used by django-auth-ldap, and only where ``LDAP_URL`` is set.
"""

from __future__ import annotations

from typing import Any, Final

import ldap  # type: ignore[import-not-found]  # an optional extra
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.dispatch import receiver
from django_auth_ldap.backend import (  # type: ignore[import-not-found]  # an optional extra
    LDAPBackend,
    ldap_error,
)

from jobyard_server.access.account_rules import row_errors
from jobyard_server.access.group_claims import follow_names
from jobyard_server.access.models import User
from jobyard_server.access.signing_in import note_silence

DIRECTORY: Final = "ldap"  #: What ``User.password_of`` says of them.
#: An error of the last step, asking for the password, means that the account is refused, but for these.
LAST_STEP: Final = "authenticate"
NO_ANSWER: Final = (ldap.SERVER_DOWN, ldap.TIMEOUT, ldap.CONNECT_ERROR, ldap.UNAVAILABLE, ldap.BUSY)


class DirectoryBackend(LDAPBackend):  # type: ignore[misc]  # the library has no types
    """Never joins an account of this server by its name: whoever names entries there is nobody here."""

    def authenticate_ldap_user(self, ldap_user: Any, password: str) -> User | None:
        user: User | None = ldap_user.authenticate(password)
        if user is None or not settings.JOBYARD["LDAP_GROUPS"]:
            return user
        try:
            follow_names(user, set(ldap_user.group_names))
        except ldap.LDAPError:
            note_silence(ldap_user._request)  # noqa: SLF001  # the library hands it to nobody else
            return None  # with the groups of yesterday nobody gets in
        return user

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[User, bool]:
        name = User.normalize_username(username.lower())
        found = User.objects.filter(username__iexact=name).first()
        if found is None:
            found = User(username=name, password_of=DIRECTORY)
            if row_errors(found):
                raise ldap_user.AuthenticationFailed("no account may have this name")
            return found, True
        if found.password_of != DIRECTORY:
            raise ldap_user.AuthenticationFailed("an account of this server has this name")
        return found, False

    def get_user(self, user_id: Any) -> Any:
        """Whose log-in it is: nobody's any more when the account was made inactive."""
        return ModelBackend().get_user(user_id)


@receiver(ldap_error)
def _note(context: str, request: Any, exception: Exception, **_kwargs: Any) -> None:
    if context != LAST_STEP or isinstance(exception, NO_ANSWER):
        note_silence(request)
