"""Lists and details of inventory rows: a model in MODELS is all it takes, the rest comes from its fields."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import URLPattern, path
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import ViewSetMixin

from jobyard_server.api.inventory.filters import filters_for
from jobyard_server.api.inventory.serializers import relations_of, serializer_for
from jobyard_server.api.links import endpoint_of
from jobyard_server.api.views import ApiView
from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.inventory.extras.models import Status

MODELS: tuple[type[Model], ...] = (Region, Site, Status)


class RowViews(ListModelMixin, RetrieveModelMixin, ViewSetMixin, ApiView):
    """List and detail of one model."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "links": self.links}


def views_for(model: type[Model]) -> type[RowViews]:
    rows = model._default_manager.select_related(*relations_of(model))  # Django's documented name
    attributes = {
        "model": model,
        "queryset": rows,
        "serializer_class": serializer_for(model),
        "filterset_class": filters_for(model),
    }
    return type(f"{model.__name__}Views", (RowViews,), attributes)


def patterns_for(model: type[Model]) -> list[URLPattern]:
    views, endpoint = views_for(model), endpoint_of(model)
    return [
        path(f"{endpoint}/", views.as_view({"get": "list"})),
        path(f"{endpoint}/<uuid:pk>/", views.as_view({"get": "retrieve"})),
    ]


urlpatterns = [pattern for model in MODELS for pattern in patterns_for(model)]
