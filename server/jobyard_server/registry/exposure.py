"""
Whether a job could read what belongs to the service: files of the database, credentials while git uses them.

A program that we start is readable for every process of its account, whatever its parent did to itself; so
without Landlock a job of that account can read the environment or the key file of a git call. Source:
security.md, CR-11 and DB-04
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from jobyard_server.isolation.containment import tier
from jobyard_server.registry.models import GitRepository
from jobyard_server.runs.components import alive
from jobyard_server.runs.pid_space import pid_space

SENTENCE = (
    "jobyard.W021: runs have tier 0 and the account of the sync part, so a job could read the credentials of"
    " repositories while they are fetched; use a kernel with Landlock and JOBYARD_SANDBOX `auto`, or run the"
    " sync part under another account than the workers."
)

DATABASE_SENTENCE = (
    "jobyard.W020: runs have tier 0 and the account of the embedded database, so a job could read its files;"
    " use a kernel with Landlock and JOBYARD_SANDBOX `auto`, or a database of your own."
)


def database_exposure() -> str:
    """The warning, or an empty text where the database is elsewhere or jobs are kept from files."""
    return DATABASE_SENTENCE if tier() == 0 and not settings.JOBYARD["DATABASE_URL"] else ""


def credential_exposure(*, with_workers: bool = False) -> str:
    """
    The warning, or an empty text where there is nothing to warn of.

    Args:
        with_workers: Workers of this account are started here; else those that are alive are looked at.
    """
    if tier() > 0 or not _has_credentials():
        return ""
    return SENTENCE if with_workers or _has_workers_of_this_account() else ""


def _has_credentials() -> bool:
    return GitRepository.objects.exclude(Q(token_encrypted="") & Q(ssh_key_encrypted="")).exists()


def _has_workers_of_this_account() -> bool:
    pids = alive().filter(kind="worker", pid_space=pid_space()).values_list("pid", flat=True)
    return any(_account_of(pid) == os.geteuid() for pid in pids)


def _account_of(pid: int) -> int | None:
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return None
