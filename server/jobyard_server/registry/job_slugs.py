"""The slug of a job, a label for URLs and filters; identity is the class path."""

from __future__ import annotations

from django.utils.text import slugify

from jobyard_server.registry.models import Source

_MAX = 400  # column


def job_slug(source: Source, module_name: str, class_name: str) -> str:
    """``git-netops-devices-createdevices``: source, slug of its repository, module, class."""
    return slugify(f"{source.key}-{module_name}-{class_name}".replace(".", "-"))[:_MAX]
