from __future__ import annotations

from django.urls import path

from jobyard_server.api.scheduled_jobs.endpoints import (
    ScheduleApprove,
    ScheduleDeny,
    ScheduleDetail,
    ScheduleDryRun,
    ScheduleList,
)

urlpatterns = [
    path("scheduled-jobs/", ScheduleList.as_view()),
    path("scheduled-jobs/<uuid:pk>/", ScheduleDetail.as_view()),
    path("scheduled-jobs/<uuid:pk>/approve/", ScheduleApprove.as_view()),
    path("scheduled-jobs/<uuid:pk>/deny/", ScheduleDeny.as_view()),
    path("scheduled-jobs/<uuid:pk>/dry-run/", ScheduleDryRun.as_view()),
]
