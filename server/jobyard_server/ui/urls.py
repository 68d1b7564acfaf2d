"""The addresses of the pages."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, include, path, register_converter

from jobyard_server.ui.accounts import rows, second_factor, tokens
from jobyard_server.ui.accounts.events import list_audit_events
from jobyard_server.ui.accounts.kinds import GROUPS, PERMISSIONS, USERS, Kind
from jobyard_server.ui.accounts.preferences import show_preferences
from jobyard_server.ui.accounts.views import LogIn
from jobyard_server.ui.changes import views as changes
from jobyard_server.ui.changes.plan_view import apply_result, show_plan
from jobyard_server.ui.home.views import show_home
from jobyard_server.ui.jobs.choices import list_choices
from jobyard_server.ui.jobs.class_paths import ClassPathConverter
from jobyard_server.ui.jobs.list_jobs import list_jobs
from jobyard_server.ui.jobs.mark_favourite import mark_favourite
from jobyard_server.ui.jobs.show_history import show_job_history
from jobyard_server.ui.jobs.show_inputs import show_job_inputs
from jobyard_server.ui.jobs.show_revisions import show_job_revisions
from jobyard_server.ui.jobs.views import show_job
from jobyard_server.ui.patterns.views import show_patterns
from jobyard_server.ui.presets import views as presets
from jobyard_server.ui.receivers.press_button import press_button
from jobyard_server.ui.repositories import decisions, trusted_keys
from jobyard_server.ui.repositories import remote_access as remote
from jobyard_server.ui.repositories import views as repositories
from jobyard_server.ui.results import views as results
from jobyard_server.ui.results.live import show_new_rows
from jobyard_server.ui.revisions import views as revisions
from jobyard_server.ui.schedules import views as schedules
from jobyard_server.ui.settings.views import show_settings
from jobyard_server.ui.sources import decisions as folder
from jobyard_server.ui.sources.views import list_sources, refresh_source, show_source
from jobyard_server.ui.workers.views import list_workers

app_name = "ui"
register_converter(ClassPathConverter, "job")
_GIT = "extras/git-repositories/"


def _pages_of(kind: Kind, key: str) -> list[URLPattern]:
    """List, add, edit and delete; *key* is the converter of its ids."""
    one = f"users/{kind.name}/<{key}:pk>/"
    more = {"kind": kind}
    return [
        path(f"users/{kind.name}/", rows.list_rows, more, name=f"list_{kind.name}"),
        path(f"users/{kind.name}/add/", rows.add_row, more, name=f"add_{kind.one}"),
        path(one, rows.edit_row, more, name=f"edit_{kind.one}"),
        path(f"{one}delete/", rows.delete_row, more, name=f"delete_{kind.one}"),
    ]


urlpatterns = [
    path("", show_home, name="show_home"),
    path("login/", LogIn.as_view(), name="log_in"),
    path("login/code/", second_factor.enter_code, name="enter_code"),
    path("login/second-factor/", second_factor.set_up_to_log_in, name="set_up_to_log_in"),
    path("logout/", LogoutView.as_view(), name="log_out"),
    path("extras/jobs/", list_jobs, name="list_jobs"),
    path("extras/jobs/favourites/", mark_favourite, name="mark_favourite"),
    path("extras/jobs/results/<uuid:pk>/", results.show_result, name="show_result"),
    path("extras/jobs/results/<uuid:pk>/log/", show_new_rows, name="show_new_rows"),
    path("extras/jobs/results/<uuid:pk>/output/", results.show_output, name="show_output"),
    path("extras/jobs/results/<uuid:pk>/cancel/", results.cancel_result, name="cancel_result"),
    path("extras/jobs/results/<uuid:pk>/again/", results.run_result_again, name="run_result_again"),
    path("extras/jobs/<job:class_path>/source/", revisions.show_job_source, name="show_job_source"),
    path("extras/jobs/<job:class_path>/history/", show_job_history, name="show_job_history"),
    path("extras/jobs/<job:class_path>/inputs/", show_job_inputs, name="show_job_inputs"),
    path("extras/jobs/<job:class_path>/revisions/", show_job_revisions, name="show_job_revisions"),
    path("extras/jobs/<path:class_path>/choices/<str:name>/", list_choices, name="list_choices"),
    path("extras/job-buttons/<uuid:pk>/press/", press_button, name="press_button"),
    path("extras/job-presets/<uuid:pk>/", presets.show_preset, name="show_preset"),
    path("extras/job-presets/<uuid:pk>/delete/", presets.delete_preset, name="delete_preset"),
    path("extras/jobs/<path:class_path>/source/", revisions.show_job_source, name="show_job_source"),
    path("extras/jobs/results/<uuid:pk>/plan/", show_plan, name="show_plan"),
    path("extras/jobs/results/<uuid:pk>/apply/", apply_result, name="apply_result"),
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
    path("extras/workers/", list_workers, name="list_workers"),
    path(_GIT + "<str:slug>/remote/", remote.show_remote_access, name="show_remote_access"),
    path(_GIT + "<str:slug>/remote/hooks/add/", remote.add_hook, name="add_hook"),
    path(_GIT + "<str:slug>/remote/hooks/<uuid:pk>/rotate/", remote.rotate_hook, name="rotate_hook"),
    path(_GIT + "<str:slug>/remote/hooks/<uuid:pk>/test/", remote.test_hook, name="test_hook"),
    path(_GIT + "<str:slug>/remote/hooks/<uuid:pk>/switch/", remote.switch_hook, name="switch_hook"),
    path(_GIT + "<str:slug>/remote/hooks/<uuid:pk>/remove/", remote.remove_hook, name="remove_hook"),
    path(
        _GIT + "<str:slug>/remote/host-keys/<uuid:pk>/confirm/",
        remote.confirm_host_key,
        name="confirm_host_key",
    ),
    path("extras/trusted-keys/", trusted_keys.list_trusted_keys, name="list_trusted_keys"),
    path("extras/trusted-keys/add/", trusted_keys.trust_key, name="trust_key"),
    path("extras/trusted-keys/<uuid:pk>/revoke/", trusted_keys.revoke_key, name="revoke_key"),
    path("extras/scheduled-jobs/", schedules.list_schedules, name="list_schedules"),
    path("extras/scheduled-jobs/<uuid:pk>/", schedules.show_schedule, name="show_schedule"),
    path("extras/scheduled-jobs/<uuid:pk>/switch/", schedules.switch_schedule, name="switch_schedule"),
    path("extras/scheduled-jobs/<uuid:pk>/decide/", schedules.decide_schedule, name="decide_schedule"),
    path("extras/scheduled-jobs/<uuid:pk>/delete/", schedules.delete_schedule, name="delete_schedule"),
    path(_GIT + "<str:slug>/live/", repositories.show_live_sync, name="show_live_sync"),
    path(_GIT + "<str:slug>/unpin/", decisions.unpin_repository, name="unpin_repository"),
    path(_GIT + "<str:slug>/confirm/", decisions.confirm_push, name="confirm_push"),
    path(_GIT + "<str:slug>/rollback/<uuid:pk>/", decisions.roll_back_repository, name="roll_back"),
    path(_GIT + "<str:slug>/pin/<uuid:pk>/", decisions.pin_repository, name="pin_repository"),
    path("extras/revisions/<uuid:pk>/", revisions.show_revision, name="show_revision"),
    path("extras/revisions/<uuid:pk>/compare/", revisions.compare_revisions, name="compare_revisions"),
    path(
        "extras/revisions/<uuid:old>/differences/<uuid:new>/",
        revisions.show_differences,
        name="show_differences",
    ),
    path("extras/object-changes/", changes.list_changes, name="list_changes"),
    path("extras/object-changes/<int:pk>/", changes.show_change, name="show_change"),
    path("<str:app>/<str:plural>/<uuid:pk>/changelog/", changes.list_changes_of, name="list_changes_of"),
    path("extras/sources/", list_sources, name="list_sources"),
    path("extras/sources/local/unpin/", folder.unpin_source, name="unpin_source"),
    path("extras/sources/local/rollback/<uuid:pk>/", folder.roll_back_source, name="roll_back_source"),
    path("extras/sources/local/pin/<uuid:pk>/", folder.pin_source, name="pin_source"),
    path("extras/sources/<str:kind>/", show_source, name="show_source"),
    path("extras/sources/<str:kind>/refresh/", refresh_source, name="refresh_source"),
    *_pages_of(USERS, "uuid"),
    *_pages_of(GROUPS, "int"),
    *_pages_of(PERMISSIONS, "uuid"),
    path("users/preferences/", show_preferences, name="show_preferences"),
    path("users/second-factor/", second_factor.show_second_factor, name="show_second_factor"),
    path("users/tokens/", tokens.list_tokens, name="list_tokens"),
    path("users/tokens/add/", tokens.add_token, name="add_token"),
    path("users/tokens/<uuid:pk>/delete/", tokens.delete_token, name="delete_token"),
    path("users/audit-events/", list_audit_events, name="list_audit_events"),
    path("-/settings/", show_settings, name="show_settings"),
    path("-/patterns/", show_patterns, name="show_patterns"),
    path("", include("jobyard_server.ui.inventory.urls")),
]
