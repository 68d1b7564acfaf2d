"""Git repositories: list, add, look, edit, sync, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.history_models import HeldPush
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.quarantine import quarantined
from jobyard_server.registry.repositories import add_repository, change_repository, remove_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.registry.visible import visible_modules
from jobyard_server.runs.components import component_states
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.form_page import FormPage, show_form
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.permitted import require, require_on, visible_or_404
from jobyard_server.ui.repositories.form import groups_of, submitted, values_of
from jobyard_server.ui.repositories.state import git_lines, state_of, waiting_for
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.load_errors import broken_modules
from jobyard_server.ui.revisions.steps import steps_of
from jobyard_server.ui.revisions.timeline import timeline

RECENT = 5  #: Syncs listed on the page of a repository.


@require_safe
def list_repositories(request: PageRequest) -> HttpResponse:
    """All repositories and how they stand."""
    require(request.user, "view", GitRepository)
    context = {"lines": git_lines(request.user), "may_add": may(request.user, "add", GitRepository)}
    return render(request, "ui/repositories/list_repositories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create_repository(request: PageRequest) -> HttpResponse:
    """The form of a new repository; saving it starts the first sync."""
    require(request.user, "add", GitRepository)
    if request.method != "POST":
        return _form(request, None, values_of(None), {})
    values = submitted(request.POST)
    try:
        repository = add_repository(**values, user=request.user)
    except RepositoryErrors as exc:
        return _form(request, None, values, exc.errors)
    messages.success(request, f"{repository.name} was added; its first sync is on the way.")
    return redirect("ui:show_repository", repository.slug)


@require_safe
def show_repository(request: PageRequest, slug: str) -> HttpResponse:
    """One repository: state, head, errors, jobs, recent syncs."""
    repository = repository_or_404(request, slug)
    context = {
        "repository": repository,
        **_permissions(request, repository),
        **_source_context(request, repository),
    }
    return render(request, "ui/repositories/show_repository.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_repository(request: PageRequest, slug: str) -> HttpResponse:
    """The form of a known repository; saving it starts a sync."""
    repository = repository_or_404(request, slug)
    require_on(request.user, "change", repository)
    if request.method != "POST":
        return _form(request, repository, values_of(repository), {})
    values = submitted(request.POST)
    try:
        changed = change_repository(repository, user=request.user, **values)
    except RepositoryErrors as exc:
        return _form(request, repository, values, exc.errors)
    messages.success(request, f"{changed.name} was changed; a sync is on the way.")
    return redirect("ui:show_repository", changed.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_repository(request: PageRequest, slug: str) -> HttpResponse:
    """Ask once, then delete; jobs become not installed, results stay."""
    repository = repository_or_404(request, slug)
    require_on(request.user, "delete", repository)
    if request.method == "POST":
        remove_repository(repository, user=request.user)
        messages.success(request, f"{repository.name} was deleted. The results of its jobs are still there.")
        return redirect("ui:list_repositories")
    jobs = Job.objects.filter(module__source__git_repository=repository, installed=True)
    context = {"repository": repository, "job_count": jobs.count()}
    return render(request, "ui/repositories/delete_repository.html", context)


@require_POST
def sync_repository(request: PageRequest, slug: str) -> HttpResponse:
    """Ask for a sync and go to its result."""
    repository = repository_or_404(request, slug)
    require_on(request.user, "sync", repository)
    kind = request.POST.get("kind", "")
    source = Source.objects.get(git_repository=repository)
    result = request_sync(source, request.user, dry_run=kind == "dry_run", refresh=kind == "refresh")
    if not may(request.user, "view", result):
        messages.success(request, f"A sync of {repository.name} is on the way.")
        return redirect("ui:show_repository", repository.slug)
    return redirect("ui:show_result", result.pk)


@require_safe
def show_newest_sync(request: PageRequest, slug: str) -> HttpResponse:
    """The result of the newest sync."""
    repository = repository_or_404(request, slug)
    newest = _syncs(request, repository).first()
    if newest is None:
        messages.info(request, f"{repository.name} was never synced.")
        return redirect("ui:show_repository", repository.slug)
    return redirect("ui:show_result", newest.pk)


def repository_or_404(request: PageRequest, slug: str) -> GitRepository:
    """The repository, if the user may see it."""
    require(request.user, "view", GitRepository)
    return visible_or_404(GitRepository.objects.all(), request.user, slug=slug)


def _permissions(request: PageRequest, repository: GitRepository) -> dict[str, bool]:
    actions = ("change", "delete", "sync", "rollback")
    return {f"may_{action}": may(request.user, action, repository) for action in actions}


@require_safe
@never_cache
def show_live_sync(request: PageRequest, slug: str) -> HttpResponse:
    """The part of the page that htmx asks for while a sync goes on; then the whole page once."""
    repository = repository_or_404(request, slug)
    context = {"repository": repository, **_live_context(request, repository)}
    response = render(request, "ui/repositories/_live.html", context)
    return response if context["is_live"] else HttpResponseClientRefresh()


def _live_context(request: PageRequest, repository: GitRepository) -> dict[str, Any]:
    source = Source.objects.filter(git_repository=repository).first()
    if source is None:
        return {"source": None, "state": None, "is_live": False}
    broken_count = Module.objects.filter(source=source, is_installed=True, load_error__isnull=False).count()
    waiting = bool(waiting_for([source]))
    held = HeldPush.objects.select_related("revision").filter(source=source, confirmed_at__isnull=True)
    held_push = held.first()
    newest = _syncs(request, repository).first()
    steps = steps_of(newest) if newest else []
    return {
        "state": state_of(
            source, is_waiting=waiting, broken_count=broken_count, is_held=held_push is not None
        ),
        "held_push": held_push,
        "nobody_syncs": waiting and component_states().get("sync") != "ok",
        "is_live": waiting or source.is_syncing or any(step.state == "now" for step in steps),
        "newest_sync": newest,
        "steps": steps,
    }


def _source_context(request: PageRequest, repository: GitRepository) -> dict[str, Any]:
    source = (
        Source.objects.select_related("revision", "git_repository").filter(git_repository=repository).first()
    )
    if source is None:
        return {"source": None, "state": None}
    modules = visible_modules(request.user).filter(source=source, is_installed=True, load_error__isnull=False)
    broken = broken_modules(modules.select_related("revision", "source__git_repository"))
    jobs = restrict(Job.objects.filter(module__source=source, installed=True), request.user, "view")
    return {
        "source": source,
        **_live_context(request, repository),
        "timeline": timeline(source, request.GET.get("before", "")),
        "quarantine": quarantined(source) if repository.rolled_back_to else [],
        "broken": broken,
        "jobs": jobs.select_related("module__source").defer("spec_json"),
        "syncs": _syncs(request, repository)[:RECENT],
    }


def _syncs(request: PageRequest, repository: GitRepository) -> Any:
    rows = JobResult.objects.filter(source_model__git_repository=repository).select_related("user")
    return restrict(rows, request.user, "view").defer(*HEAVY).order_by("-created")


def _form(
    request: PageRequest,
    repository: GitRepository | None,
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]],
) -> HttpResponse:
    to_list = ("Repositories", reverse("ui:list_repositories"))
    to_row = (repository.name, reverse("ui:show_repository", args=[repository.slug])) if repository else None
    page = FormPage(
        title=f"Edit {repository.name}" if repository else "Add a Git repository",
        back=(to_row or to_list)[1],
        crumbs=[to_list, to_row] if to_row else [to_list],
        submit="Save and sync" if repository else "Add and sync",
        groups=groups_of(values, errors, repository=repository),
    )
    return show_form(request, page, errors)
