from __future__ import annotations

from django.urls import path

from jobyard_server.api.accounts.audit import AuditDetail, AuditExport, AuditList
from jobyard_server.api.accounts.endpoints import (
    GroupDetail,
    GroupList,
    PermissionDetail,
    PermissionList,
    UserDetail,
    UserList,
)
from jobyard_server.api.accounts.tokens import TokenDetail, TokenList

urlpatterns = [
    path("users/", UserList.as_view()),
    path("users/<uuid:pk>/", UserDetail.as_view()),
    path("groups/", GroupList.as_view()),
    path("groups/<int:pk>/", GroupDetail.as_view()),
    path("permissions/", PermissionList.as_view()),
    path("permissions/<uuid:pk>/", PermissionDetail.as_view()),
    path("tokens/", TokenList.as_view()),
    path("tokens/<uuid:pk>/", TokenDetail.as_view()),
    path("audit-events/", AuditList.as_view()),
    path("audit-events/export/", AuditExport.as_view(), name="audit_export"),
    path("audit-events/<int:pk>/", AuditDetail.as_view()),
]
