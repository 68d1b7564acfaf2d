"""What to install for an import that failed, where the distribution has another name than the package."""

from __future__ import annotations

_DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "OpenSSL": "pyOpenSSL",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dns": "dnspython",
    "dotenv": "python-dotenv",
    "git": "GitPython",
    "google_auth_httplib2": "google-auth-httplib2",
    "googleapiclient": "google-api-python-client",
    "jnpr": "junos-eznc",
    "ldap": "python-ldap",
    "nornir_nautobot": "nornir-nautobot",
    "serial": "pyserial",
    "slack_sdk": "slack-sdk",
    "winrm": "pywinrm",
    "yaml": "PyYAML",
}
_PLUGINS = ("nautobot_", "netbox_")


def distribution_of(package: str) -> str:
    """Name of the distribution that brings *package*, as far as we know."""
    return _DISTRIBUTIONS.get(package, package)


def is_plugin(package: str) -> bool:
    """Tell whether *package* is named like an extension of another platform."""
    return package.startswith(_PLUGINS)
