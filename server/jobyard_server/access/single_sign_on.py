"""
Logging in with accounts of elsewhere: OpenID Connect and SAML by django-allauth, LDAP by django-auth-ldap.

Imported by the settings, so it imports no library itself: one is loaded when its option is set, and comes
with ``pip install jobyard[oidc]``, ``[saml]`` or ``[ldap]``. See docs/adr/0015-access.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from jobyard_server.access.directory_address import answering
from jobyard_server.options import OptionError

OIDC, SAML = "oidc", "saml"  #: Parts of addresses: ``/login/sso/oidc/…``.
LDAP_BACKEND: Final = "jobyard_server.access.directory.DirectoryBackend"
LDAP_GROUP: Final = "(|(objectClass=groupOfNames)(objectClass=group))"  #: The latter in Active Directory.
LDAP_SECONDS: Final = 5.0  #: For each question to the directory.
ERRORS: Final = "jobyard_server.access.sso_errors.BackToLogIn"
ADAPTER: Final = "jobyard_server.access.sso_adapter.SsoAdapter"


@dataclass(kw_only=True)
class SignIn:
    """What the settings need for the ways of logging in that are configured."""

    apps: list[str] = field(default_factory=list)
    middleware: list[str] = field(default_factory=list)
    backends: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)


class MissingExtraError(OptionError):
    """An option asks for a library that is not installed."""


def sign_in(options: Mapping[str, Any]) -> SignIn:
    """
    What *options* ask for; nothing at all without any.

    Raises:
        MissingExtraError: With a sentence that says what to install.
    """
    made = SignIn()
    providers = {}
    if options["OIDC_URL"]:
        _need("allauth", "OIDC_URL", OIDC)
        providers["openid_connect"] = _oidc(options)
    if options["SAML_METADATA_URL"]:
        _need("onelogin", "SAML_METADATA_URL", SAML)
        providers["saml"] = _saml(options)
    if providers:
        _add_allauth(made, providers)
    if options["LDAP_URL"]:
        _need("django_auth_ldap", "LDAP_URL", "ldap")
        made.backends.append(LDAP_BACKEND)
        made.settings |= _ldap(options)
    return made


def _need(module: str, option: str, extra: str) -> None:
    if find_spec(module) is None:
        raise MissingExtraError(
            f"JOBYARD_{option} needs a library that is not installed; "
            f"`pip install 'jobyard[{extra}]'` brings it."
        )


def _add_allauth(made: SignIn, providers: dict[str, Any]) -> None:
    made.apps += ["allauth", "allauth.account", "allauth.socialaccount"]
    made.apps += [f"allauth.socialaccount.providers.{name}" for name in providers]
    made.middleware += [ERRORS, "allauth.account.middleware.AccountMiddleware"]
    made.settings |= {
        "SOCIALACCOUNT_PROVIDERS": providers,
        "SOCIALACCOUNT_ADAPTER": ADAPTER,
        "SOCIALACCOUNT_LOGIN_ON_GET": True,  # form-action of the CSP would stop a form
        "SOCIALACCOUNT_AUTO_SIGNUP": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,  # an address alone proves nothing
        "SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX": "",
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_UNIQUE_EMAIL": False,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*"],
        "ACCOUNT_LOGOUT_ON_GET": False,
    }


def _oidc(options: Mapping[str, Any]) -> dict[str, Any]:
    app = {
        "provider_id": OIDC,
        "name": options["SSO_NAME"],
        "client_id": options["OIDC_CLIENT_ID"] or "",
        "secret": options["OIDC_CLIENT_SECRET"] or "",
        "settings": {"server_url": options["OIDC_URL"]},
    }
    return {"APPS": [app], "OAUTH_PKCE_ENABLED": True}


def _saml(options: Mapping[str, Any]) -> dict[str, Any]:
    app = {
        "name": options["SSO_NAME"],
        "client_id": SAML,
        "provider_id": options["SAML_ENTITY_ID"],
        "settings": {
            "attribute_mapping": {"uid": "uid", "username": "uid", "email": "email"},
            "idp": {
                "entity_id": options["SAML_ENTITY_ID"],
                "metadata_url": options["SAML_METADATA_URL"],
            },
            "advanced": {"want_assertion_signed": True, "reject_deprecated_algorithm": True},
        },
    }
    return {"APPS": [app]}


def _ldap(options: Mapping[str, Any]) -> dict[str, Any]:
    """The library is imported here, because some of its settings are objects of its own."""
    import ldap  # type: ignore[import-not-found]  # noqa: PLC0415  # an optional extra
    from django_auth_ldap.config import (  # type: ignore[import-not-found]  # noqa: PLC0415  # see above
        GroupOfNamesType,
        LDAPSearch,
    )

    url, with_start_tls = options["LDAP_URL"], options["LDAP_URL"].startswith("ldap://")
    found: dict[str, Any] = {
        "AUTH_LDAP_SERVER_URI": url if with_start_tls else answering(url, LDAP_SECONDS),
        "AUTH_LDAP_BIND_DN": options["LDAP_BIND_DN"] or "",
        "AUTH_LDAP_BIND_PASSWORD": options["LDAP_BIND_PASSWORD"] or "",
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(
            options["LDAP_USERS"] or "", ldap.SCOPE_SUBTREE, options["LDAP_USER_FILTER"]
        ),
        "AUTH_LDAP_START_TLS": with_start_tls,
        "AUTH_LDAP_CONNECTION_OPTIONS": _ldap_connection(ldap, options["LDAP_CA_FILE"]),
        "AUTH_LDAP_USER_ATTR_MAP": {"first_name": "givenName", "last_name": "sn", "email": "mail"},
        "AUTH_LDAP_ALWAYS_UPDATE_USER": True,
        "AUTH_LDAP_NO_NEW_USERS": not options["SSO_CREATE_USERS"],
    }
    if options["LDAP_GROUPS"]:
        found |= {
            "AUTH_LDAP_GROUP_SEARCH": LDAPSearch(options["LDAP_GROUPS"], ldap.SCOPE_SUBTREE, LDAP_GROUP),
            "AUTH_LDAP_GROUP_TYPE": GroupOfNamesType(name_attr="cn"),
        }
    return found


def _ldap_connection(ldap: Any, ca_file: Path | None) -> dict[int, Any]:
    """The certificate must be right whatever ldap.conf says; nobody waits for a directory that is silent."""
    trusted = {ldap.OPT_X_TLS_CACERTFILE: str(ca_file)} if ca_file else {}
    return {
        ldap.OPT_NETWORK_TIMEOUT: LDAP_SECONDS,
        ldap.OPT_TIMEOUT: LDAP_SECONDS,
        ldap.OPT_REFERRALS: 0,
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
        **trusted,
        ldap.OPT_X_TLS_NEWCTX: 0,  # takes over what stands above it
    }
