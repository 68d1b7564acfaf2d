"""The path of cables from a port: ``/api/dcim/interfaces/<id>/trace/``, and what is at its far end."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.inventory.describe import Describer
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of
from jobyard_server.api.views import ApiView
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd


class TraceView(ApiView):
    """The steps from a port to where its path ends."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List near end, cable and far end of each step."""
        describer = Describer(self.links)
        steps = self.get_object().trace()
        return Response([[describer.brief(part) for part in step] for step in steps])


def trace_patterns() -> list[URLPattern]:
    """One address for each kind of ports that a path can begin with."""
    found = []
    for model in MODELS:
        if not issubclass(model, PathEnd):
            continue
        values = {"model": model, "queryset": model._default_manager.all()}
        view: Any = type(f"{model.__name__}Trace", (TraceView,), values)
        found.append(path(f"{endpoint_of(model)}/<uuid:pk>/trace/", view.as_view()))
    return found
