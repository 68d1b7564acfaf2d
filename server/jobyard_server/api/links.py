"""Addresses of resources, made from one base: looking each up by name would cost more than the row."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import get_script_prefix
from rest_framework.request import Request


class Links:
    """Addresses under the host that the caller used."""

    def __init__(self, request: Request) -> None:
        self.root = request.build_absolute_uri(f"{get_script_prefix()}api/")
        self._site = self.root.removesuffix("api/")

    def outside(self, path: str) -> str:
        """An address for other systems: under BASE_URL where it is set, since they may know no other."""
        base: str = settings.JOBYARD["BASE_URL"] or self._site
        return f"{base.rstrip('/')}{path}"

    def job(self, class_path: str) -> str:
        return f"{self.root}extras/jobs/{class_path}/"

    def job_record(self, pk: object) -> str:
        return f"{self.root}extras/jobs/{pk}/"

    def job_result(self, pk: object) -> str:
        return f"{self.root}extras/job-results/{pk}/"

    def job_log(self, pk: object) -> str:
        return f"{self.root}extras/job-logs/{pk}/"

    def object_change(self, pk: object) -> str:
        return f"{self.root}extras/object-changes/{pk}/"

    def git_repository(self, pk: object) -> str:
        return f"{self.root}extras/git-repositories/{pk}/"

    def scheduled_job(self, pk: object) -> str:
        return f"{self.root}extras/scheduled-jobs/{pk}/"

    def user(self, pk: object) -> str:
        return f"{self.root}users/users/{pk}/"

    def account(self, kind: str, pk: object) -> str:
        """Of a group, a permission, a token or an audit event."""
        return f"{self.root}users/{kind}/{pk}/"

    def row(self, row: Model) -> str:
        """Of a row of the inventory."""
        return f"{self.root}{endpoint_of(type(row))}/{row.pk}/"


def endpoint_of(model: type[Any]) -> str:
    """``dcim/sites``: app label and plural, as in the address of the list."""
    meta = model._meta  # Django's documented interface, underscore notwithstanding
    return f"{meta.app_label}/{str(meta.verbose_name_plural).lower().replace(' ', '-')}"
