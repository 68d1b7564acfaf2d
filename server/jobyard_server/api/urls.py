"""Every address under ``/api/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from jobyard_server.api import docs
from jobyard_server.api.inventory import endpoints as inventory
from jobyard_server.api.links import endpoint_of
from jobyard_server.api.roots import ApiRoot, NotFound
from jobyard_server.api.settings import SettingList
from jobyard_server.api.spec_schemas import JobSpecSchema, ModuleReportSchema

LISTS = (
    *("extras/jobs", "extras/job-results", "extras/job-logs", "extras/job-presets", "extras/scheduled-jobs"),
    *("extras/git-repositories", "extras/host-keys", "extras/trusted-keys", "extras/workers"),
    "extras/queues",
    "extras/object-changes",
    *(endpoint_of(model) for model in inventory.MODELS),
    *("users/users", "users/groups", "users/permissions", "users/tokens", "users/audit-events"),
)
APPS = tuple(dict.fromkeys(name.partition("/")[0] for name in LISTS))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ApiRoot.as_view(endpoints=(*APPS, "settings", "schema", "docs")), name="api-root"),
    *(
        path(
            f"{app}/", ApiRoot.as_view(endpoints=tuple(name for name in LISTS if name.startswith(f"{app}/")))
        )
        for app in APPS
    ),
    path("settings/", SettingList.as_view()),
    path("schema/", docs.schema, name="api-schema"),
    path("schema/job-spec/", JobSpecSchema.as_view()),
    path("schema/module-report/", ModuleReportSchema.as_view()),
    path("docs/", docs.browse, name="api-docs"),
    path("extras/", include("jobyard_server.api.jobs.urls")),
    path("extras/", include("jobyard_server.api.job_results.urls")),
    path("extras/", include("jobyard_server.api.presets.urls")),
    path("extras/", include("jobyard_server.api.scheduled_jobs.urls")),
    path("extras/", include("jobyard_server.api.git_repositories.urls")),
    path("extras/", include("jobyard_server.api.folder.urls")),
    path("extras/", include("jobyard_server.api.workers.endpoints")),
    path("extras/", include("jobyard_server.api.remotes.urls")),
    path("extras/", include("jobyard_server.api.changes.urls")),
    *inventory.urlpatterns,
    path("users/", include("jobyard_server.api.accounts.urls")),
    re_path(r"^(?P<rest>.*)$", NotFound.as_view()),
]
