from __future__ import annotations

from django.urls import path

from jobyard_server.api.presets.endpoints import PresetDetail, PresetList

urlpatterns = [
    path("job-presets/", PresetList.as_view()),
    path("job-presets/<uuid:pk>/", PresetDetail.as_view()),
]
