"""Pages about revisions: one of them, what differs between two, and the code of a job."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import may
from jobyard_server.registry.decisions import find_revision
from jobyard_server.registry.errors import FilesGone, Undecidable
from jobyard_server.registry.history import compare_jobs, events_of
from jobyard_server.registry.history_models import PUBLISHED
from jobyard_server.registry.job_code import job_code
from jobyard_server.registry.models import LOCAL, Job, Revision, Source
from jobyard_server.registry.revision_files import changed_between
from jobyard_server.ui.code import code_lines
from jobyard_server.ui.jobs.head import CODE, head_of, visible_job_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.access import revision_or_404
from jobyard_server.ui.revisions.diff import file_diffs
from jobyard_server.ui.revisions.load_errors import extract_of, link_of
from jobyard_server.ui.revisions.timeline import TimelineLine, line_of

MOST_CHOICES = 50  #: Revisions to compare with.


@require_safe
def show_revision(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """One revision: who, when, what it changed, which modules do not load."""
    revision = revision_or_404(request.user, pk)
    source = revision.source
    lines = [line_of(event, source) for event in events_of(source).filter(revision=revision)]
    newest = lines[0] if lines else None
    brought = next((line for line in lines if not line.is_reading_again), None)
    context = {
        "revision": revision,
        "source": source,
        "repository": source.git_repository,
        "lines": lines,
        "newest": newest,
        "brought": brought,
        "found_since": newest if newest is not brought else None,
        "errors": _errors(revision, newest),
        "others": _others(source, revision),
        "is_current": revision.pk == source.revision_id,
        **_rights(request, revision, lines),
    }
    return render(request, "ui/revisions/show_revision.html", context)


@require_safe
def compare_revisions(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Send whoever chose another revision in the form to the page of the differences."""
    revision = revision_or_404(request.user, pk)
    try:
        other = find_revision(revision.source, request.GET.get("with", ""))
    except Undecidable as exc:
        raise Http404 from exc
    older, newer = sorted([revision, other], key=lambda item: item.created)
    return redirect("ui:show_differences", older.pk, newer.pk)


@require_safe
def show_differences(request: PageRequest, old: uuid.UUID, new: uuid.UUID) -> HttpResponse:
    """Files and jobs that differ between two revisions of one source."""
    before, after = revision_or_404(request.user, old), revision_or_404(request.user, new)
    if before.source_id != after.source_id:
        raise Http404
    context: dict[str, Any] = {
        "old": before,
        "new": after,
        "source": after.source,
        "repository": after.source.git_repository,
        "changes": compare_jobs(before, after),
    }
    try:
        context["diffs"] = file_diffs(before, after, changed_between(before, after))
    except FilesGone as exc:
        context["gone"] = str(exc)
    return render(request, "ui/revisions/show_differences.html", context)


@require_safe
def show_job_source(request: PageRequest, class_path: str) -> HttpResponse:
    """The file of a job: the one in service, or that of the revision ``?revision=``."""
    job = visible_job_or_404(request.user, class_path)
    source = Source.objects.select_related("git_repository", "revision").get(pk=job.module.source_id)
    job.module.source = source
    wanted = request.GET.get("revision", "")
    context: dict[str, Any] = {
        **head_of(request.user, job, CODE),
        "source": source,
        "others": _others(source, None),
        "wanted": wanted,
    }
    try:
        code = job_code(job, find_revision(source, wanted) if wanted else None)
    except Undecidable as exc:
        raise Http404 from exc
    except FilesGone as exc:
        return render(request, "ui/revisions/show_job_source.html", {**context, "gone": str(exc)})
    if code is None:
        context["gone"] = "This job was not there at that revision."
    else:
        context |= {"code": code, "lines": code_lines(code.text, code.path, marked=code.line)}
    return render(request, "ui/revisions/show_job_source.html", context)


def _errors(revision: Revision, newest: TimelineLine | None) -> list[dict[str, Any]]:
    """The errors of the newest event with code and link."""
    errors = newest.event.errors if newest else []
    return [
        {
            **error,
            "lines": extract_of(revision, error["path"], error["line"] or 0),
            "url": link_of(revision.source, revision, error["path"], error["line"] or 0),
        }
        for error in errors
    ]


def _others(source: Source, revision: Revision | None) -> list[Revision]:
    rows = Revision.objects.filter(source=source, events__kind=PUBLISHED).distinct()
    rows = rows.exclude(pk=revision.pk) if revision else rows
    return list(rows.order_by("-created")[:MOST_CHOICES])


def _rights(request: PageRequest, revision: Revision, lines: list[TimelineLine]) -> dict[str, Any]:
    """What may be decided about the revision, and where the buttons lead."""
    source = revision.source
    repository = source.git_repository
    was_published = any(line.event.kind == PUBLISHED for line in lines)
    if repository is not None:
        key = [repository.slug, revision.pk]
        return {
            "may_decide": was_published and may(request.user, "rollback", repository),
            "pinned_to": repository.pinned_commit,
            "roll_back_url": reverse("ui:roll_back", args=key),
            "pin_url": reverse("ui:pin_repository", args=key),
            "place": reverse("ui:show_repository", args=[repository.slug]),
        }
    return {
        "may_decide": was_published and source.kind == LOCAL and may(request.user, "change", Job),
        "pinned_to": source.pinned_to,
        "roll_back_url": reverse("ui:roll_back_source", args=[revision.pk]),
        "pin_url": reverse("ui:pin_source", args=[revision.pk]),
        "place": "",
    }
