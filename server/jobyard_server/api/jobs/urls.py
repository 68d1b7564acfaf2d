"""
Addresses of jobs, told apart by the number of segments and the first one.

A class path has three segments; the alias ``git/<slug>/<module>/<Class>`` has four and must be tried
before ``<class path>/run``, so that no run of a ``git/<module>/<Class>`` is ever guessed.
"""

from __future__ import annotations

from django.urls import path, re_path

from jobyard_server.api.jobs.class_path import JobByAlias, JobByClassPath, RunByClassPath
from jobyard_server.api.jobs.favourite import JobFavourite
from jobyard_server.api.jobs.list import JobList
from jobyard_server.api.jobs.record import JobRecord, JobVariables, RunByRecord
from jobyard_server.api.jobs.refresh import JobRefresh
from jobyard_server.api.jobs.source import JobSource

_ALIAS = r"^jobs/(?P<source>git)/(?P<slug>[^/]+)/(?P<module>[^/]+)/(?P<job_class>[^/]+)/"
_CLASS_PATH = "jobs/<str:source>/<str:module>/<str:job_class>/"

urlpatterns = [
    path("jobs/", JobList.as_view()),
    path("jobs/<uuid:pk>/", JobRecord.as_view()),
    path("jobs/<uuid:pk>/run/", RunByRecord.as_view()),
    path("jobs/<uuid:pk>/variables/", JobVariables.as_view()),
    path("jobs/<uuid:pk>/source/", JobSource.as_view()),
    path("jobs/<uuid:pk>/refresh/", JobRefresh.as_view()),
    path("jobs/<uuid:pk>/favourite/", JobFavourite.as_view()),
    re_path(f"{_ALIAS}$", JobByAlias.as_view()),
    re_path(f"{_ALIAS}run/$", RunByClassPath.as_view()),
    path(_CLASS_PATH, JobByClassPath.as_view()),
    path(f"{_CLASS_PATH}run/", RunByClassPath.as_view()),
]
