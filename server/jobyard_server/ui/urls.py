"""The addresses of the pages."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from jobyard_server.ui.accounts.views import LogIn
from jobyard_server.ui.home.views import show_home
from jobyard_server.ui.jobs.views import list_jobs, show_job
from jobyard_server.ui.repositories import views as repositories
from jobyard_server.ui.results import views as results
from jobyard_server.ui.results.live import show_new_rows
from jobyard_server.ui.sources.views import list_sources

app_name = "ui"
_GIT = "extras/git-repositories/"
urlpatterns = [
    path("", show_home, name="show_home"),
    path("login/", LogIn.as_view(), name="log_in"),
    path("logout/", LogoutView.as_view(), name="log_out"),
    path("extras/jobs/", list_jobs, name="list_jobs"),
    path("extras/jobs/results/<uuid:pk>/", results.show_result, name="show_result"),
    path("extras/jobs/results/<uuid:pk>/log/", show_new_rows, name="show_new_rows"),
    path("extras/jobs/results/<uuid:pk>/output/", results.show_output, name="show_output"),
    path("extras/jobs/results/<uuid:pk>/cancel/", results.cancel_result, name="cancel_result"),
    path("extras/jobs/<path:class_path>/", show_job, name="show_job"),
    path("extras/job-results/", results.list_results, name="list_results"),
    path("extras/job-results/<uuid:pk>/", results.find_result, name="find_result"),
    path(_GIT, repositories.list_repositories, name="list_repositories"),
    path(_GIT + "add/", repositories.create_repository, name="create_repository"),
    path(_GIT + "<str:slug>/", repositories.show_repository, name="show_repository"),
    path(_GIT + "<str:slug>/edit/", repositories.edit_repository, name="edit_repository"),
    path(_GIT + "<str:slug>/delete/", repositories.delete_repository, name="delete_repository"),
    path(_GIT + "<str:slug>/sync/", repositories.sync_repository, name="sync_repository"),
    path(_GIT + "<str:slug>/result/", repositories.show_newest_sync, name="show_newest_sync"),
    path("extras/sources/", list_sources, name="list_sources"),
]
