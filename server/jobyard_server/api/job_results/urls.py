from __future__ import annotations

from django.urls import path

from jobyard_server.api.job_results.endpoints import ResultCancel, ResultDetail, ResultList
from jobyard_server.api.job_results.logs import LogDetail, LogList, LogsOfResult

urlpatterns = [
    path("job-results/", ResultList.as_view()),
    path("job-results/<uuid:pk>/", ResultDetail.as_view()),
    path("job-results/<uuid:pk>/logs/", LogsOfResult.as_view()),
    path("job-results/<uuid:pk>/cancel/", ResultCancel.as_view()),
    path("job-logs/", LogList.as_view()),
    path("job-logs/<uuid:pk>/", LogDetail.as_view()),
]
