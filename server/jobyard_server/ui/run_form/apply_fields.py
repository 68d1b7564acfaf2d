"""The part of a run form that applies a dry run whose inputs were not kept."""

from __future__ import annotations

import uuid
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.run_form.fields import FormField
from jobyard_server.ui.run_form.values import is_ticked

APPLIES: Final = "_applies"  #: The id of the dry run, in the address of the form and in a hidden field.
SAME_PLAN: Final = "_require_same_plan"


def dry_run_of(job: Job, key: str, user: User) -> JobResult | None:
    """The run of *job* with the id *key*; None if *user* cannot see such a run."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    rows = restrict(JobResult.objects.select_related("job_model", "revision"), user, "view")
    return rows.filter(job_model=job, pk=wanted).first()


def address_to_apply(dry_run: JobResult) -> str:
    """Of the form that asks for the inputs again; empty if the job is gone."""
    job = dry_run.job_model
    return f"{reverse('ui:show_job', args=[job.class_path])}?{APPLIES}={dry_run.pk}" if job else ""


def apply_fields(dry_run: JobResult, sent: QueryDict | None) -> list[FormField]:
    """Which dry run is meant, and whether its plan must be met; that is so unless somebody unticks it."""
    return [
        FormField(name=APPLIES, label="", control="hidden", value=str(dry_run.pk)),
        FormField(
            name=SAME_PLAN,
            label="Only if it makes exactly these changes",
            help="Nothing is kept unless the changes are those of the plan; the result shows what differs",
            control="checkbox",
            checked=sent is None or is_ticked(sent, SAME_PLAN),
        ),
    ]
