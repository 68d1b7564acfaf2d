"""The OpenAPI description of accounts and rights, from what their views say."""

from __future__ import annotations

from typing import Any

from jobyard_server.api.schema import ID_LIST, Description, page_of, shape


class AccountDescription(Description):
    """Knows what these endpoints take and answer."""

    def get_request_serializer(self) -> Any:
        if self.method == "DELETE" and self._is_about_many():
            return ID_LIST
        view: Any = self.view
        if self.method not in ("POST", "PUT", "PATCH"):
            return None
        return view.resource.fields(
            many=self._is_about_many() and self.method != "POST", partial=self.method == "PATCH"
        )

    def get_response_serializers(self) -> Any:
        view: Any = self.view
        if self.method == "DELETE":
            return {204: None}
        if self.method == "GET":
            return {
                200: page_of(view.resource.shown) if self._is_about_many() else shape(view.resource.shown)
            }
        if self.method == "POST":
            return {201: shape(view.resource.shown)}
        return {200: shape(list[view.resource.shown] if self._is_about_many() else view.resource.shown)}
