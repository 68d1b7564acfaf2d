"""``/api/extras/sources/local/``: the folder, its revisions, and which of them is in service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.git_repositories.describe import describe_event, describe_revision
from jobyard_server.api.git_repositories.fields import PinFields, RollbackFields
from jobyard_server.api.git_repositories.shapes import EventShape, RevisionShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.decisions import find_revision
from jobyard_server.registry.folder_decisions import pin_folder, roll_back_folder, unpin_folder
from jobyard_server.registry.history import events_of
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import LOCAL, Job, Revision, Source
from jobyard_server.registry.quarantine import quarantined
from jobyard_server.registry.visible import visible_folders


class FolderShape(TypedDict):
    """The folder, and what of it is in service."""

    revision: RevisionShape | None
    pinned_to: str | None
    rolled_back_to: str | None  #: In service until the folder holds something that is not in quarantine.
    quarantine: list[str]
    last_synced: datetime | None
    sync_error: str | None  #: Why it could not be read.
    is_asked: bool  #: A decision or "read again" waits for a sync part.


class FolderView(ApiView):
    """Whoever may see all jobs of the folder sees it; whoever may change them all decides."""

    model = Job
    actions: ClassVar = {"POST": "change"}

    def get_queryset(self) -> QuerySet[Source]:
        found = visible_folders(self.user, self.action_of(self.request))
        return found.filter(kind=LOCAL).select_related("revision")

    def folder(self) -> Source:
        source = self.get_queryset().first()
        if source is None:
            raise NotFound
        return source

    def read(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, str]:
        fields = kind(data=request.data or {})
        fields.is_valid(raise_exception=True)
        return dict(fields.validated_data)

    def answer(self) -> Response:
        return Response(describe_folder(self.folder()))


class Folder(FolderView):
    @extend_schema(responses={200: shape(FolderShape)})
    def get(self, _request: Request) -> Response:
        """Show what of the folder is in service, and why."""
        return self.answer()


class FolderRevisions(FolderView):
    @extend_schema(responses={200: page_of(EventShape)})
    def get(self, _request: Request) -> Response:
        """List what happened to the revisions of the folder, newest first."""
        page = cast(list[RevisionEvent], self.paginate_queryset(events_of(self.folder())))
        return self.get_paginated_response([describe_event(event, None) for event in page])


class FolderRollback(FolderView):
    @extend_schema(request=RollbackFields, responses={200: shape(FolderShape)})
    def post(self, request: Request) -> Response:
        """Put an earlier revision into service; it stays until the folder changes again."""
        source, sent = self.folder(), self.read(RollbackFields, request)
        roll_back_folder(source, _revision(source, sent), self.user, reason=sent["reason"])
        return self.answer()


class FolderPin(FolderView):
    @extend_schema(request=PinFields, responses={200: shape(FolderShape)})
    def post(self, request: Request) -> Response:
        """Keep a revision in service until it is unpinned, whatever is saved."""
        source = self.folder()
        pin_folder(source, _revision(source, self.read(PinFields, request)), self.user)
        return self.answer()


class FolderUnpin(FolderView):
    @extend_schema(request=None, responses={200: shape(FolderShape)})
    def post(self, _request: Request) -> Response:
        """Follow the folder again."""
        unpin_folder(self.folder(), self.user)
        return self.answer()


def _revision(source: Source, sent: dict[str, str]) -> Revision:
    return find_revision(source, sent["revision"])


def describe_folder(source: Source) -> FolderShape:
    return {
        "revision": describe_revision(source.revision) if source.revision else None,
        "pinned_to": source.pinned_to or None,
        "rolled_back_to": source.rolled_back_to or None,
        "quarantine": [row.identifier for row in quarantined(source)] if source.rolled_back_to else [],
        "last_synced": source.last_synced,
        "sync_error": source.error or None,
        "is_asked": source.refresh_asked is not None,
    }
