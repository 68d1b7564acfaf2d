from __future__ import annotations

from django.urls import path

from jobyard_server.api.changes.apply import PlanApply
from jobyard_server.api.changes.endpoints import ObjectChangeDetail, ObjectChangeList
from jobyard_server.api.changes.plan import PlanOfResult

urlpatterns = [
    path("job-results/<uuid:pk>/plan/", PlanOfResult.as_view()),
    path("job-results/<uuid:pk>/apply/", PlanApply.as_view()),
    path("object-changes/", ObjectChangeList.as_view()),
    path("object-changes/<int:pk>/", ObjectChangeDetail.as_view()),
]
