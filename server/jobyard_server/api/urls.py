"""Every address under ``/api/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from jobyard_server.api import docs, users
from jobyard_server.api.inventory import endpoints as inventory
from jobyard_server.api.links import endpoint_of
from jobyard_server.api.roots import ApiRoot, NotFound

LISTS = (
    *("extras/jobs", "extras/job-results", "extras/job-logs", "extras/git-repositories"),
    *(endpoint_of(model) for model in inventory.MODELS),
    "users/users",
)
APPS = tuple(dict.fromkeys(name.partition("/")[0] for name in LISTS))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ApiRoot.as_view(endpoints=(*APPS, "schema", "docs")), name="api-root"),
    *(
        path(
            f"{app}/", ApiRoot.as_view(endpoints=tuple(name for name in LISTS if name.startswith(f"{app}/")))
        )
        for app in APPS
    ),
    path("schema/", docs.schema, name="api-schema"),
    path("docs/", docs.browse, name="api-docs"),
    path("extras/", include("jobyard_server.api.jobs.urls")),
    path("extras/", include("jobyard_server.api.job_results.urls")),
    path("extras/", include("jobyard_server.api.git_repositories.urls")),
    *inventory.urlpatterns,
    path("users/users/", users.UserList.as_view()),
    path("users/users/<uuid:pk>/", users.UserDetail.as_view()),
    re_path(r"^(?P<rest>.*)$", NotFound.as_view()),
]
