"""``job-results/{id}/provenance/`` and ``…/again/``: where a run came from, and running it once more."""

from __future__ import annotations

import uuid

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.errors import Refusal
from jobyard_server.api.job_results.endpoints import ResultView
from jobyard_server.api.job_results.rows import described_results
from jobyard_server.api.job_results.shapes import FullResult
from jobyard_server.api.jobs.run import STATUS_CODES
from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.runs.again import CHOICES, LATEST, run_again
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import CannotRunAgain, NotAllowedToRun, RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.provenance import provenance

_RELATED = ("user", "job_model", "revision__source")


class ResultProvenance(ApiView):
    model = JobResult
    queryset = JobResult.objects.select_related(*_RELATED)

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show source, revision, inputs (secret ones masked), requester, worker and times of a run."""
        return Response(provenance(self.get_object()))


class ResultAgain(ResultView):
    actions = {"POST": "view"}  # to run the job is asked for by submit()

    @extend_schema(
        request={
            "application/json": {
                "type": "object",
                "properties": {"revision": {"type": "string", "enum": list(CHOICES), "default": LATEST}},
            }
        },
        responses={201: shape(FullResult)},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Start the run once more, with the same or with the latest revision of its code."""
        revision = _asked_revision(request)
        result = get_object_or_404(JobResult.objects.select_related(*_RELATED), pk__in=self.visible(pk))
        if result.job_model is None:
            raise Refusal(status.HTTP_409_CONFLICT, "The job of this run is gone.")
        described = describe_request(request._request, result.job_model.spec)  # noqa: SLF001  # Django's own
        try:
            made = run_again(result, self.user, revision=revision, request=described)
        except NotAllowedToRun as exc:
            raise Http404 from exc
        except CannotRunAgain as exc:
            raise Refusal(status.HTTP_409_CONFLICT, str(exc)) from exc
        except RunRefused as exc:
            raise Refusal(STATUS_CODES.get(type(exc), status.HTTP_400_BAD_REQUEST), str(exc)) from exc
        answer = self.describe([described_results().get(pk=made.pk)], rows=True)[0]
        return Response(answer, status=status.HTTP_201_CREATED)

    def visible(self, pk: uuid.UUID) -> list[uuid.UUID]:
        return list(self.get_queryset().filter(pk=pk).values_list("pk", flat=True))


def _asked_revision(request: Request) -> str:
    data = request.data if isinstance(request.data, dict) else {}
    revision = data.get("revision", LATEST)
    if revision not in CHOICES:
        raise ValidationError({"revision": [f"Use one of {', '.join(CHOICES)}."]})
    return str(revision)
