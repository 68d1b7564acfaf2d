from __future__ import annotations

from django.urls import path

from jobyard_server.api.git_repositories.endpoints import RepositoryDetail, RepositoryList, RepositorySync

urlpatterns = [
    path("git-repositories/", RepositoryList.as_view()),
    path("git-repositories/<uuid:pk>/", RepositoryDetail.as_view()),
    path("git-repositories/<uuid:pk>/sync/", RepositorySync.as_view()),
]
