"""Filters of the list of repositories; nothing about credentials can be asked for."""

from __future__ import annotations

from jobyard_server.api.filters import Filters, any_text, meta
from jobyard_server.registry.models import GitRepository


class RepositoryFilters(Filters):
    searched = ("name", "slug", "remote_url")

    name = any_text()
    slug = any_text()
    remote_url = any_text()
    branch = any_text()

    Meta = meta(GitRepository)
