"""``/api/settings/``: how jobyard is configured, for superusers; what the page of the settings shows."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.option_values import origin_of, shown_value
from jobyard_server.options import OPTIONS

ONLY_SUPERUSERS = "Only superusers may see how jobyard is configured."


class SettingShape(TypedDict):
    """One option in this process."""

    name: str  #: The variable that sets it.
    value: str  #: As people read it; of secrets only whether there is one.
    origin: str  #: The variable that did set it; empty for the default.
    meaning: str


class SettingList(ApiView):
    decides_itself = True
    pagination_class = None

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if not self.user.is_superuser:
            raise PermissionDenied(ONLY_SUPERUSERS)

    @extend_schema(responses={200: shape(list[SettingShape])})
    def get(self, _request: Request) -> Response:
        """List every option with its value and where that comes from."""
        values = settings.JOBYARD
        found: list[SettingShape] = [
            {
                "name": option.variable,
                "value": shown_value(option, values[option.name]),
                "origin": origin_of(option),
                "meaning": option.help,
            }
            for option in OPTIONS
        ]
        return Response(found)
