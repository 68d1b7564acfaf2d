"""How Django REST framework and its OpenAPI generator are set up; imported by the settings."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "jobyard_server.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,  # the schema says what an endpoint takes
    "DEFAULT_PARSER_CLASSES": ["jobyard_server.api.parsers.JsonParser"],
    "DEFAULT_VERSIONING_CLASS": "jobyard_server.api.versions.ClientVersion",
    "DEFAULT_PAGINATION_CLASS": "jobyard_server.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "jobyard_server.api.filters.StrictFilters",
        "jobyard_server.api.ordering.Ordering",
    ],
    "DEFAULT_SCHEMA_CLASS": "jobyard_server.api.schema.Description",
    "EXCEPTION_HANDLER": "jobyard_server.api.errors.answer_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "jobyard",
    "DESCRIPTION": "Jobs from Git: list them, run them, follow their results.",
    "VERSION": version("jobyard"),
    "DEFAULT_GENERATOR_CLASS": "jobyard_server.api.schema.Generator",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["jobyard_server.api.schema.published_endpoints"],
}
