"""``jobs/<id>/favourite/``: the star beside a job, for whoever asks."""

from __future__ import annotations

import uuid
from typing import ClassVar, TypedDict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.schema import shape
from jobyard_server.registry.favourites import is_favourite, keep_favourite
from jobyard_server.registry.models import Job


class FavouriteShape(TypedDict):
    """Whether a job is a favourite of whoever asks."""

    favourite: bool


class JobFavourite(JobView):
    actions: ClassVar = {"POST": "view", "DELETE": "view"}

    @extend_schema(responses={200: shape(FavouriteShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Tell whether a job is one of your favourites."""
        return self._answer(self.get_object())

    @extend_schema(request=None, responses={200: shape(FavouriteShape)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Mark a job as one of your favourites; safe to repeat."""
        return self._keep(wanted=True)

    @extend_schema(responses={200: shape(FavouriteShape)})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Take the mark away; safe to repeat."""
        return self._keep(wanted=False)

    def _keep(self, *, wanted: bool) -> Response:
        job: Job = self.get_object()
        keep_favourite(self.user, job, wanted=wanted)
        return self._answer(job)

    def _answer(self, job: Job) -> Response:
        answer: FavouriteShape = {"favourite": is_favourite(self.user, job)}
        return Response(answer)
