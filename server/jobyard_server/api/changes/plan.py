"""``job-results/{id}/plan/``: what a run did, or would have done."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.changes.shapes import PlanRow
from jobyard_server.api.schema import page_of
from jobyard_server.api.views import ApiView
from jobyard_server.changes.models import PlannedChange
from jobyard_server.changes.plan import Plan
from jobyard_server.runs.models import JobResult


class PlanOfResult(ApiView):
    model = JobResult
    queryset = JobResult.objects.all()

    @extend_schema(responses={200: page_of(PlanRow)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """List the changes of a run in order; those of a dry run are what it would have done."""
        result = get_object_or_404(self.get_queryset().only("pk"), pk=pk)
        plan: Any = Plan(result)  # counts and slices, which is all that pages ask of rows
        page: Any = self.paginate_queryset(plan)
        return self.get_paginated_response([described(row) for row in page])


def described(row: PlannedChange) -> PlanRow:
    return {
        "sequence": row.sequence,
        "action": row.action,
        "object_type": row.object_type,
        "object_id": str(row.changed_object_id),
        "object_repr": row.object_name,
        "before": row.prechange_data,
        "after": row.postchange_data,
        "kept": row.kept,
    }
