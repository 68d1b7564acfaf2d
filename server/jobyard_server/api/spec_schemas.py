"""The published JSON Schemas of what jobyard says about job files."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard.spec_schema import job_spec_schema, module_report_schema
from jobyard_server.api.views import ApiView


class JobSpecSchema(ApiView):
    """For whoever is logged in: it is the same for everybody, and in the documentation too."""

    decides_itself = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        """Describe the stored description of a job as JSON Schema."""
        return Response(job_spec_schema())


class ModuleReportSchema(ApiView):
    """See ``JobSpecSchema``."""

    decides_itself = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        """Describe what an inspection, and `jobyard check --format json`, say of a module."""
        return Response(module_report_schema())
