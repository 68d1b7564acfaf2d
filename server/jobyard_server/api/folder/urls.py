from __future__ import annotations

from django.urls import path

from jobyard_server.api.folder.endpoints import (
    Folder,
    FolderPin,
    FolderRevisions,
    FolderRollback,
    FolderUnpin,
)

_FOLDER = "sources/local/"
urlpatterns = [
    path(_FOLDER, Folder.as_view()),
    path(_FOLDER + "revisions/", FolderRevisions.as_view()),
    path(_FOLDER + "rollback/", FolderRollback.as_view()),
    path(_FOLDER + "pin/", FolderPin.as_view()),
    path(_FOLDER + "unpin/", FolderUnpin.as_view()),
]
