"""The work of `jobyard hostkey …` and `jobyard trust …`; needs Django."""

from __future__ import annotations

from jobyard_server.cli.errors import WrongUsageError, field_lines
from jobyard_server.cli.repository_report import print_table
from jobyard_server.registry import host_keys, trusted_keys
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.trust_models import TrustedKey


def list_host_keys() -> None:
    print_table(
        ("HOST", "PORT", "KIND", "FINGERPRINT", "STATE"),
        [
            (row.host, str(row.port), row.kind, row.fingerprint, "confirmed" if row.confirmed_at else "seen")
            for row in HostKey.objects.all()
        ],
    )


def confirm_host_key(fingerprint: str) -> None:
    found = list(HostKey.objects.filter(fingerprint=fingerprint))
    if not found:
        raise WrongUsageError(
            f"No server showed the key {fingerprint}; `jobyard hostkey list` shows the known ones."
        )
    for row in found:
        host_keys.confirm(row, None)
        print(f"Confirmed for {row.host}:{row.port}")


def add_host_key(host: str, text: str, *, port: int) -> None:
    try:
        row = host_keys.add_confirmed(host, text, None, port=port)
    except RepositoryErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc
    print(f"Confirmed {row.fingerprint} for {row.host}:{row.port}")


def list_trusted_keys() -> None:
    print_table(
        ("PRINCIPAL", "KIND", "FINGERPRINT", "STATE"),
        [(row.principal, row.kind, row.fingerprint, _state(row)) for row in TrustedKey.objects.all()],
    )


def add_trusted_key(principal: str, text: str) -> None:
    try:
        row = trusted_keys.add_trusted_key(principal, text, None)
    except RepositoryErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc
    print(f"Trusted {row.fingerprint} of {row.principal}")


def revoke_trusted_key(fingerprint: str) -> None:
    row = TrustedKey.objects.filter(fingerprint=fingerprint).first()
    if row is None:
        raise WrongUsageError(f"No trusted key has the fingerprint {fingerprint}; see `jobyard trust list`.")
    trusted_keys.revoke_trusted_key(row)
    print(f"Revoked {row.fingerprint} of {row.principal}")


def _state(row: TrustedKey) -> str:
    if row.revoked_at:
        return f"revoked {row.revoked_at:%Y-%m-%d}"
    return "in force" if row.is_in_force else "expired"
