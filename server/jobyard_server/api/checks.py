"""Refuses to start with an endpoint that does not say which permission it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver

DOCUMENTATION = "drf_spectacular.views"  #: Its views take their permission from SERVE_PERMISSIONS.


@register
def endpoints_declare_permissions(
    app_configs: Sequence[Any] | None = None,  # noqa: ARG001  # the signature is Django's
    **_kwargs: Any,
) -> list[CheckMessage]:
    """One error for each view of the API without a permission."""
    from jobyard_server.api.urls import urlpatterns  # noqa: PLC0415  # only once all apps are loaded

    return [
        Error(
            f"{view.__name__} does not say which permission it needs.",
            hint="Set its model, or decides_itself = True.",
            id="jobyard.E010",
        )
        for view in dict.fromkeys(views_of(urlpatterns))
        if not declares_permission(view)
    ]


def views_of(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[type[Any]]:
    """The class of the view behind each address; of a plain function, the function's type."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from views_of(entry.url_patterns)
        else:
            yield getattr(entry.callback, "cls", type(entry.callback))


def declares_permission(view: type[Any]) -> bool:
    from jobyard_server.api.views import ApiView  # noqa: PLC0415  # a third of a second, and of no use to commands

    if issubclass(view, ApiView):
        return view.model is not None or view.decides_itself
    return view.__module__ == DOCUMENTATION
