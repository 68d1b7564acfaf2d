"""The icons: SVG files among the templates. Lists hold hundreds of them, so their markup is kept."""

from __future__ import annotations

from functools import cache

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


@cache
def icon(name: str) -> SafeString:
    """
    The markup of icon *name*.

    Raises:
        TemplateDoesNotExist: There is no such icon.
    """
    return mark_safe(get_template(f"ui/icons/{name}.svg").render().strip())  # noqa: S308  # a file of ours
