"""``job-results/{id}/apply/``: do what a dry run would have done."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import restrict
from jobyard_server.api.errors import Refusal
from jobyard_server.api.job_results.endpoints import ResultView
from jobyard_server.api.job_results.rows import described_results
from jobyard_server.api.job_results.shapes import FullResult
from jobyard_server.api.schema import shape
from jobyard_server.changes.apply import apply_plan
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import CannotApply, InputsNotKept, NotAllowedToRun, NoWorker, RunRefused
from jobyard_server.runs.models import JobResult

BODY = {
    "application/json": {
        "type": "object",
        "properties": {
            "require_same_plan": {
                "type": "boolean",
                "description": "Keep nothing if the changes would not be those of the dry run.",
            },
            "data": {"type": "object", "description": "Inputs, where those of the dry run were not kept."},
        },
    }
}
NAMES = frozenset(["require_same_plan", "data"])


class PlanApply(ResultView):
    actions = {"POST": "view"}  # the right to run the job is asked for by submit()

    @extend_schema(request=BODY, responses={201: shape(FullResult)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Run the same inputs at the same revision, with commit."""
        require_same_plan, data = _body(request)
        rows = restrict(JobResult.objects.select_related("job_model", "revision"), self.user, "view")
        dry_run = get_object_or_404(rows, pk=pk)
        described = describe_request(request._request, dry_run.job_model.spec) if dry_run.job_model else {}  # noqa: SLF001  # Django's own
        try:
            started = apply_plan(
                dry_run, self.user, require_same_plan=require_same_plan, request=described, data=data
            )
        except RunRefused as exc:
            raise _answer_to(exc) from exc
        made = self.describe([described_results().get(pk=started.pk)], rows=False)[0]
        return Response(made, status=status.HTTP_201_CREATED)


def _body(request: Request) -> tuple[bool, object]:
    body = request.data
    if not isinstance(body, dict):
        raise ValidationError({"detail": "The body must be an object."})
    if unknown := sorted(set(body) - NAMES):
        raise ValidationError({name: ["Unknown field"] for name in unknown})
    wanted = body.get("require_same_plan", False)
    if not isinstance(wanted, bool):
        raise ValidationError({"require_same_plan": ["Must be a valid boolean."]})
    return wanted, body.get("data")


def _answer_to(exc: RunRefused) -> Exception:
    match exc:
        case NotAllowedToRun():
            return PermissionDenied(str(exc))
        case InputsNotKept():
            return ValidationError({"data": [str(exc)]})
        case CannotApply():
            return Refusal(status.HTTP_409_CONFLICT, str(exc))
        case NoWorker():
            return Refusal(status.HTTP_503_SERVICE_UNAVAILABLE, str(exc))
        case _:
            return Refusal(status.HTTP_400_BAD_REQUEST, str(exc))
