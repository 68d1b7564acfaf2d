"""The OpenAPI description of this API, and a page to browse it."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

schema = SpectacularAPIView.as_view()
browse = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema",
    template_name="api/docs.html",  # the library's own has styles in it, which our policy refuses
)
browse.login_required = True  # type: ignore[attr-defined]  # a page: whoever is not logged in is led to the login
