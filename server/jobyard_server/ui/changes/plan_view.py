"""What a result page says about the changes of a run, and the pages with all of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobyard import statuses
from jobyard.errors import InputErrors
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.changes.apply import apply_plan
from jobyard_server.changes.models import CREATE, DELETE, UPDATE, PlannedChange
from jobyard_server.changes.plan import Plan
from jobyard_server.changes.retention import kept_since
from jobyard_server.changes.sameness import difference, planned_rows
from jobyard_server.runs.apply import has_kept_inputs, obstacle_to_apply
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import InputsNotKept, RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.changes.shown import ChangedObject, by_object
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.apply_fields import address_to_apply

SHOWN = 50  #: Changes on the page of a result.
SIZE = 200  #: Changes on one page of a plan.
FORGOTTEN = "This run is older than the changes that are kept; what it changed is not known any more."
WORDS = {
    "would": {CREATE: "would be created", UPDATE: "would be changed", DELETE: "would be deleted"},
    "did": {CREATE: "created", UPDATE: "changed", DELETE: "deleted"},
    "reverted": {
        CREATE: "created and reverted",
        UPDATE: "changed and reverted",
        DELETE: "deleted and reverted",
    },
}


@dataclass(frozen=True, kw_only=True)
class PlanHead:
    """What stands above the changes."""

    title: str
    sentence: str
    counts: list[tuple[str, int, str]]  #: Action, number, word.
    total: int
    is_mixed: bool  #: Some were reverted and some were kept, as those of post_run().


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """Some changes of a run by object; ``after`` leads on, 0 leads nowhere."""

    head: PlanHead
    objects: list[ChangedObject]
    after: int
    may_apply: bool  #: A plan without changes leaves nothing to apply.
    obstacle: str  #: Why a dry run with changes cannot be applied, for whoever may run the job.
    form_address: str  #: Of the form that asks for the inputs again; empty where they were kept.
    missing: list[ChangedObject]  #: Of a run that was to make the approved changes: approved, not made.
    extra: list[ChangedObject]  #: Made, not approved.


def plan_of(result: JobResult, user: User, *, after: int = 0, size: int = SHOWN) -> PlanPage | None:
    """The changes of a run that has ended; None for others, and for syncs."""
    if not result.is_terminal or result.obj_type.model != "job":
        return None
    plan = Plan(result)
    rows = plan.after(after, size=size + 1)
    has_more = len(rows) > size
    missing, extra = _differences(result, user) if result.status_reason == statuses.PLAN_DIFFERS else ([], [])
    head = _head(result, plan)
    return PlanPage(
        head=head,
        objects=by_object(rows[:size], user, plan),
        after=rows[size - 1].sequence if has_more else 0,
        may_apply=_may_apply(result, user),
        obstacle=_obstacle(result, user) if rows else "",
        form_address="" if has_kept_inputs(result) else address_to_apply(result),
        missing=missing,
        extra=extra,
    )


def _may_apply(result: JobResult, user: User) -> bool:
    job = result.job_model
    return job is not None and not obstacle_to_apply(result) and may(user, "run", job)


def _obstacle(result: JobResult, user: User) -> str:
    job = result.job_model
    is_for_them = job is not None and not result.commit and not job.spec.read_only and may(user, "run", job)
    return obstacle_to_apply(result) if is_for_them else ""


def _head(result: JobResult, plan: Plan) -> PlanHead:
    found = plan.counts()
    total = sum(found.values())
    forgotten = not total and _is_older_than_kept(result)
    kind = "did" if result.data_committed else "would" if _is_whole_dry_run(result) else "reverted"
    return PlanHead(
        title="Changes" if result.commit else "Plan",
        sentence=FORGOTTEN if forgotten else _sentence(kind, total),
        counts=[(action, number, WORDS[kind][action]) for action, number in found.items()],
        total=total,
        is_mixed=kind == "reverted",
    )


def _is_older_than_kept(result: JobResult) -> bool:
    oldest = kept_since()
    return bool(oldest and result.completed and result.completed < oldest)


def _is_whole_dry_run(result: JobResult) -> bool:
    return not result.commit and result.status in (statuses.COMPLETED, statuses.FAILED)


def _sentence(kind: str, total: int) -> str:
    if kind == "did":
        return "What this run changed." if total else "This run changed nothing."
    if kind == "would":
        return (
            "What it would do with commit; nothing was kept."
            if total
            else "With commit it would change nothing."
        )
    if total:
        return "What it had done until it ended; what is not marked as kept was reverted."
    return "No change of it was kept or recorded."


def _differences(result: JobResult, user: User) -> tuple[list[ChangedObject], list[ChangedObject]]:
    approved, made = result.applies_id, result.pk
    if approved is None:
        return [], []
    missing, extra = difference(planned_rows(approved), planned_rows(made))
    return _some(approved, missing, user), _some(made, extra, user)


def _some(run_id: uuid.UUID, numbers: list[int], user: User) -> list[ChangedObject]:
    rows = PlannedChange.objects.filter(job_result=run_id, sequence__in=numbers[:SHOWN]).order_by("sequence")
    return by_object(list(rows), user, Plan(JobResult(pk=run_id)))


@require_safe
@never_cache
def show_plan(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """All changes of a run, a page at a time."""
    from jobyard_server.ui.results.views import number, result_or_404  # noqa: PLC0415  # they show the plan too

    result = result_or_404(request, pk)
    after = max(number(request.GET.get("after")) or 0, 0)
    plan = plan_of(result, request.user, after=after, size=SIZE)
    context = {"result": result, "plan": plan, "is_first": after == 0}
    return render(request, "ui/changes/show_plan.html", context)


@require_POST
def apply_result(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Run the same inputs at the same revision, with commit."""
    from jobyard_server.ui.results.views import result_or_404  # noqa: PLC0415  # see above

    dry_run = result_or_404(request, pk)
    described = describe_request(request, dry_run.job_model.spec) if dry_run.job_model else {}
    try:
        started = apply_plan(
            dry_run,
            request.user,
            require_same_plan="require_same_plan" in request.POST,
            request=described,
        )
    except InputsNotKept:
        return redirect(address_to_apply(dry_run))
    except (RunRefused, InputErrors) as exc:
        messages.error(request, str(exc))
        return redirect("ui:show_result", pk)
    return redirect("ui:show_result", started.pk)
