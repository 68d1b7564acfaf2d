"""Filters of the list of jobs."""

from __future__ import annotations

from jobyard_server.api.filters import Filters, any_choice, any_text, flag, meta
from jobyard_server.registry.models import KINDS, Job


class JobFilters(Filters):
    searched = ("name", "grouping", "description", "module_name", "job_class_name", "slug")

    source = any_choice(KINDS)
    module_name = any_text()
    job_class_name = any_text()
    slug = any_text()
    name = any_text()
    grouping = any_text()
    installed = flag()
    enabled = flag()
    hidden = flag()
    read_only = flag()

    Meta = meta(Job)
