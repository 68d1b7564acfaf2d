from __future__ import annotations

from django.urls import path

from jobyard_server.api.git_repositories.decisions import (
    RepositoryConfirm,
    RepositoryPin,
    RepositoryRollback,
    RepositoryUnpin,
)
from jobyard_server.api.git_repositories.endpoints import RepositoryDetail, RepositoryList, RepositorySync
from jobyard_server.api.git_repositories.revisions import RepositoryDifferences, RepositoryRevisions
from jobyard_server.api.git_repositories.statuses import RepositoryStatuses

_ONE = "git-repositories/<uuid:pk>/"
urlpatterns = [
    path("git-repositories/", RepositoryList.as_view()),
    path(_ONE, RepositoryDetail.as_view()),
    path(_ONE + "sync/", RepositorySync.as_view()),
    path(_ONE + "revisions/", RepositoryRevisions.as_view()),
    path(_ONE + "differences/", RepositoryDifferences.as_view()),
    path(_ONE + "commit-statuses/", RepositoryStatuses.as_view()),
    path(_ONE + "rollback/", RepositoryRollback.as_view()),
    path(_ONE + "pin/", RepositoryPin.as_view()),
    path(_ONE + "unpin/", RepositoryUnpin.as_view()),
    path(_ONE + "confirm/", RepositoryConfirm.as_view()),
]
